package org.plumbline.sft.classify;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * A new BERT-type encoder with a byte-level BPE tokenizer trained on its own texts.
 *
 * @param vocabSize most tokens; fewer where the texts have no more pairs to join
 * @param hiddenSize width
 * @param intermediateSize width of the MLP; 0 for four times the width
 * @param layers depth
 * @param heads attention heads
 * @param maxPositions longest row, special tokens included
 */
public record NewEncoderConfig(
    @Default("1024") int vocabSize,
    @Default("128") int hiddenSize,
    @Default("0") int intermediateSize,
    @Default("2") int layers,
    @Default("4") int heads,
    @Default("256") int maxPositions) {
  public NewEncoderConfig {
    Check.atLeast("size.vocab_size", vocabSize, 262);
    Check.positive("size.hidden_size", hiddenSize);
    Check.nonNegative("size.intermediate_size", intermediateSize);
    Check.positive("size.layers", layers);
    Check.positive("size.heads", heads);
    Check.divides("size.heads", heads, "size.hidden_size", hiddenSize);
    Check.atLeast("size.max_positions", maxPositions, 8);
  }

  /** Width of the MLP. */
  int mlp() {
    return intermediateSize > 0 ? intermediateSize : 4 * hiddenSize;
  }
}
