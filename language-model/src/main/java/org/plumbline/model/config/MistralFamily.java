package org.plumbline.model.config;

import java.util.Collections;

/** Mistral (Jiang et al. 2023): Llama whose layers may see a window. */
final class MistralFamily extends LlamaLike {
  private static final int WINDOW = 4096;

  MistralFamily() {
    super("mistral", "Mistral");
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    int layers = draft.sizes().layers();
    DecoderSizes.requireFullAttention(keys, layers);
    draft.windows(Collections.nCopies(layers, Windows.one(keys, WINDOW)));
  }
}
