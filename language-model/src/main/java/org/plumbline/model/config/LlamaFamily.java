package org.plumbline.model.config;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Llama 1, 2, 3 and 3.x (Touvron et al. 2023; Dubey et al. 2024). */
final class LlamaFamily implements ModelFamily {
  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public String className(Head head) {
    return switch (head) {
      case LANGUAGE_MODEL -> "LlamaForCausalLM";
      case SEQUENCE_CLASSIFICATION -> "LlamaForSequenceClassification";
      case NONE -> "LlamaModel";
    };
  }

  @Override
  public TransformerConfig read(ConfigKeys keys) {
    CommonKeys.Common common = CommonKeys.read(keys, this);
    keys.ignore(
        "attention_dropout",
        "hidden_dropout",
        "residual_dropout",
        "embedding_dropout",
        // splits matrices only to repeat a training cluster's rounding
        "pretraining_tp",
        "max_sequence_length",
        "is_llama_config");
    DecoderSizes sizes = DecoderSizes.read(keys);
    DecoderSizes.requireFullAttention(keys, sizes.layers());
    boolean attentionBias = keys.flag("attention_bias", false);
    return new TransformerConfig(
        modelType(),
        common.head(),
        sizes.vocabSize(),
        sizes.hiddenSize(),
        sizes.intermediateSize(),
        sizes.layers(),
        sizes.heads(),
        sizes.kvHeads(),
        sizes.headDim(),
        sizes.maxPositions(),
        new Normalization(Normalization.Kind.RMS, keys.number("rms_norm_eps", 1e-6)),
        CommonKeys.activation(keys, "hidden_act", "silu"),
        true,
        Optional.of(RopeKeys.read(keys, sizes.headDim(), sizes.maxPositions())),
        new Biases(attentionBias, attentionBias, keys.flag("mlp_bias", false)),
        new AttentionShape(true, false, Collections.nCopies(sizes.layers(), 0)),
        keys.flag("tie_word_embeddings", false),
        common.specialIds(),
        common.numLabels(),
        common.dtype(),
        keys.json());
  }

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    return LlamaTensors.of(config);
  }

  @Override
  public String trunkPrefix() {
    return LlamaTensors.PREFIX;
  }

  @Override
  public boolean isBuffer(String name) {
    return LlamaTensors.isBuffer(name);
  }
}
