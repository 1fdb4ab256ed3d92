package org.plumbline.evaluation.chart;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A drawing with the numbers behind it. */
public interface Chart {
  /** What it shows, in a few words. */
  String title();

  /** How to read it, in one sentence; empty if it needs none. */
  String note();

  /** An {@code <svg>} element; all text in it is escaped. */
  String svg();

  /** Names of the colours 0, 1, …; empty when one series needs no legend. */
  List<String> legend();

  /** Every number drawn. */
  ObjectNode json();
}
