/**
 * Charts as inline SVG: no script, no outside font or image; colours come from the page's CSS, so
 * that light, dark and print each have their own.
 */
@NullMarked
package org.plumbline.evaluation.chart;

import org.jspecify.annotations.NullMarked;
