package org.plumbline.evaluation.chart;

/** A value that others are read against, such as chance. */
public record ReferenceLine(String name, double value) {}
