package org.plumbline.sft.classify;

import java.util.List;
import java.util.Set;

/**
 * What is learned of a data row, for people to look at.
 *
 * @param row as the model reads it; of several windows one with a label
 * @param positions of the row that carry a label
 * @param labels in words
 * @param findings what would keep the row from being learned
 */
record Marks(EncodedRow row, Set<Integer> positions, List<String> labels, List<Finding> findings) {
  /**
   * A finding.
   *
   * @param kind the same for all rows that have it
   */
  record Finding(String kind, String sentence) {}
}
