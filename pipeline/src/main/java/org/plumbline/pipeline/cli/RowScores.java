package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.LongConsumer;

/** Rows of a file, read and checked, whose scores are still to be computed. */
@FunctionalInterface
interface RowScores {
  /**
   * The rows with their scores, in the order of the file.
   *
   * @param done told how many are done
   */
  List<ObjectNode> score(int batchSize, LongConsumer done);
}
