package org.plumbline.evaluation.report;

import java.util.List;

/**
 * A titled part of the report; one without blocks is left out.
 *
 * @param id anchor within the page
 */
record Section(String id, String title, List<Block> blocks) {
  Section {
    blocks = List.copyOf(blocks);
  }

  boolean isEmpty() {
    return blocks.isEmpty();
  }
}
