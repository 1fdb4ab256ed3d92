package org.plumbline.sft;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * A new model of the llama family with a byte-level BPE tokenizer trained on its own texts.
 *
 * @param vocabSize most tokens; fewer where the texts have no more pairs to join
 * @param hiddenSize width
 * @param intermediateSize width of the gated MLP; 0 for 8/3 of the width, rounded up to 32
 * @param layers depth
 * @param heads attention heads
 * @param kvHeads key/value heads; 0 for as many as heads
 * @param maxPositions longest sequence that config.json promises
 */
public record NewModelConfig(
    @Default("1024") int vocabSize,
    @Default("128") int hiddenSize,
    @Default("0") int intermediateSize,
    @Default("4") int layers,
    @Default("4") int heads,
    @Default("0") int kvHeads,
    @Default("512") int maxPositions) {
  public NewModelConfig {
    Check.atLeast("size.vocab_size", vocabSize, 260);
    Check.positive("size.hidden_size", hiddenSize);
    Check.nonNegative("size.intermediate_size", intermediateSize);
    Check.positive("size.layers", layers);
    Check.positive("size.heads", heads);
    Check.nonNegative("size.kv_heads", kvHeads);
    Check.divides("size.heads", heads, "size.hidden_size", hiddenSize);
    if (kvHeads > 0) {
      Check.divides("size.kv_heads", kvHeads, "size.heads", heads);
    }
    Check.positive("size.max_positions", maxPositions);
  }

  /** Width of the MLP. */
  int mlp() {
    return intermediateSize > 0 ? intermediateSize : (hiddenSize * 8 / 3 + 31) / 32 * 32;
  }
}
