/** Estimates with their uncertainty: intervals over prompts, win rates, group gaps. */
@NullMarked
package org.plumbline.evaluation.statistics;

import org.jspecify.annotations.NullMarked;
