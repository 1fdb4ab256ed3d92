package org.plumbline.model.generation;

import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;

/**
 * How far a model's positions reach.
 *
 * @param count learned positions; the largest integer where positions are computed
 */
record Positions(int count) {
  static Positions of(TransformerConfig config) {
    boolean learned =
        TensorLayout.of(config)
            .find(Role.POSITION_EMBEDDING, TensorRef.NO_LAYER, false)
            .isPresent();
    return new Positions(learned ? config.maxPositions() : Integer.MAX_VALUE);
  }

  /** Most tokens after the prompt; the last of them needs no position. */
  int after(int[] prompt) {
    return count - prompt.length + 1;
  }

  /**
   * Refuses a prompt that cannot be continued.
   *
   * @param row its place in the call, from 0
   * @throws IllegalArgumentException naming the prompt
   */
  void require(int row, int[] prompt) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("prompt %d has no token".formatted(row + 1));
    }
    if (prompt.length > count) {
      throw new IllegalArgumentException(
          "prompt %d has %d tokens but the model has %d learned positions; shorten it"
              .formatted(row + 1, prompt.length, count));
    }
  }
}
