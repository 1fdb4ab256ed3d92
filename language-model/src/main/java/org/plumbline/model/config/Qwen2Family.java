package org.plumbline.model.config;

/** Qwen2 and Qwen2.5: Llama with biases on query, key and value; some layers may see a window. */
final class Qwen2Family extends LlamaLike {
  Qwen2Family() {
    super("qwen2", "Qwen2");
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    keys.mustBeOff("use_mrope", false);
    draft.biases = new Biases(true, false, false);
    draft.windows(Windows.qwen(keys, draft.sizes().layers()));
  }
}
