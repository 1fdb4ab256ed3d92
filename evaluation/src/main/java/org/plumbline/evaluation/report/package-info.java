/**
 * The run's report: one HTML page without scripts or outside requests, and the same numbers as
 * JSON. Whatever a run lacks is left out.
 */
@NullMarked
package org.plumbline.evaluation.report;

import org.jspecify.annotations.NullMarked;
