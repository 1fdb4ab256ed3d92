package org.plumbline.model.config;

/** Llama 1, 2, 3 and 3.x (Touvron et al. 2023; Dubey et al. 2024). */
final class LlamaFamily extends LlamaLike {
  LlamaFamily() {
    super("llama", "Llama");
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    keys.ignore(
        "residual_dropout",
        "embedding_dropout",
        // splits matrices only to repeat a training cluster's rounding
        "pretraining_tp",
        "max_sequence_length",
        "is_llama_config");
    DecoderSizes.requireFullAttention(keys, draft.sizes().layers());
    boolean attentionBias = keys.flag("attention_bias", false);
    draft.biases = new Biases(attentionBias, attentionBias, keys.flag("mlp_bias", false));
  }
}
