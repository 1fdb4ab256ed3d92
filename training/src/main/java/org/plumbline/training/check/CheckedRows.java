package org.plumbline.training.check;

import java.util.List;

/**
 * What was looked at of a dataset, and what is wrong with it.
 *
 * @param rows in the training split
 * @param checked how many of them were encoded, the first ones
 * @param learned what carries loss, in words
 * @param shown the first few
 * @param faults each a sentence for the user: what, where, likely cause
 */
public record CheckedRows(
    int rows, int checked, String learned, List<ShownRow> shown, List<String> faults) {
  /** Rows that are shown. */
  public static final int SHOWN = 3;

  /** Rows that are encoded and checked. */
  public static final int CHECKED = 1000;

  public CheckedRows {
    shown = List.copyOf(shown);
    faults = List.copyOf(faults);
  }
}
