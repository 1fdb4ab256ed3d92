package org.plumbline.model.config;

import java.util.List;

/** GLM-4 (GLM Team 2024) as transformers has it: half of each head turns, pairs side by side. */
final class GlmFamily extends LlamaLike {
  GlmFamily() {
    super("glm", "Glm");
  }

  @Override
  int defaultHeadDim() {
    return 128;
  }

  @Override
  double defaultEpsilon() {
    return 1.5625e-7;
  }

  @Override
  RopeKeys.Defaults ropeDefaults() {
    return new RopeKeys.Defaults(10_000, 0.5, true);
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    DecoderSizes.requireFullAttention(keys, draft.sizes().layers());
    draft.biases = new Biases(keys.flag("attention_bias", true), false, false);
  }

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    return LlamaTensors.of(config, LlamaTensors.Fusion.MLP);
  }
}
