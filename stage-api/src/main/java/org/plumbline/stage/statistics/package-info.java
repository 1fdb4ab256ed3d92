/** Estimates with their uncertainty: bootstrap intervals over independent units. */
@NullMarked
package org.plumbline.stage.statistics;

import org.jspecify.annotations.NullMarked;
