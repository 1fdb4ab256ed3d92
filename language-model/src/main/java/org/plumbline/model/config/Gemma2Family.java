package org.plumbline.model.config;

import java.util.List;

/** Gemma 2 (Gemma Team 2024): soft caps, every other layer with a window, norms on both sides. */
final class Gemma2Family extends LlamaLike {
  Gemma2Family() {
    super("gemma2", "Gemma2");
  }

  @Override
  int defaultHeadDim() {
    return Gemma.HEAD_DIM;
  }

  @Override
  String activationKey() {
    return Gemma.ACTIVATION;
  }

  @Override
  boolean tiedByDefault() {
    return true;
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    Gemma.shape(draft, keys, 50, 30);
    int layers = draft.sizes().layers();
    int window = Windows.one(keys, 4096);
    List<String> types =
        DecoderSizes.layerTypes(keys, layers).orElseGet(() -> Windows.everyNth(layers, 2));
    draft.windows(Windows.of(keys, types, window));
  }
}
