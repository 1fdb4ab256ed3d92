/** Rates with their uncertainty: shares, win rates, group gaps. */
@NullMarked
package org.plumbline.evaluation.statistics;

import org.jspecify.annotations.NullMarked;
