package org.plumbline.model.config;

/** Qwen3 (Yang et al. 2025): queries and keys normalised by head; heads of 128 by default. */
final class Qwen3Family extends LlamaLike {
  private static final int HEAD_DIM = 128;

  Qwen3Family() {
    super("qwen3", "Qwen3");
  }

  @Override
  int defaultHeadDim() {
    return HEAD_DIM;
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    boolean bias = keys.flag("attention_bias", false);
    draft.biases = new Biases(bias, bias, false);
    draft.attention = draft.attention.withQueryKeyNorm();
    draft.windows(Windows.qwen(keys, draft.sizes().layers()));
  }
}
