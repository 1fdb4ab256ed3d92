package org.plumbline.model.config;

import java.util.List;
import java.util.Optional;

/** A family that keeps the tensor names and most keys of Llama. */
abstract class LlamaLike implements ModelFamily {
  private final String modelType;
  private final String classPrefix;

  LlamaLike(String modelType, String classPrefix) {
    this.modelType = modelType;
    this.classPrefix = classPrefix;
  }

  @Override
  public String modelType() {
    return modelType;
  }

  @Override
  public String classPrefix() {
    return classPrefix;
  }

  @Override
  public TransformerConfig read(ConfigKeys keys) {
    DecoderSizes sizes = DecoderSizes.read(keys, defaultHeadDim());
    keys.ignore("attention_dropout", "hidden_dropout");
    ConfigDraft draft = new ConfigDraft(this, keys, sizes, activation(keys));
    draft.norm =
        Normalization.before(Normalization.Kind.RMS, keys.number("rms_norm_eps", defaultEpsilon()));
    draft.rope = Optional.of(rope(keys, sizes));
    draft.tiedEmbeddings = keys.flag("tie_word_embeddings", tiedByDefault());
    adapt(draft, keys);
    return draft.build();
  }

  /** A head's width where the file is silent; 0 = hidden size by heads. */
  int defaultHeadDim() {
    return 0;
  }

  double defaultEpsilon() {
    return 1e-6;
  }

  Activation activation(ConfigKeys keys) {
    return CommonKeys.activation(keys, "hidden_act", "silu");
  }

  boolean tiedByDefault() {
    return false;
  }

  RopeKeys.Defaults ropeDefaults() {
    return RopeKeys.Defaults.PLAIN;
  }

  Rope rope(ConfigKeys keys, DecoderSizes sizes) {
    return RopeKeys.read(keys, sizes, ropeDefaults());
  }

  /** Reads the family's own keys and changes what it does otherwise. */
  abstract void adapt(ConfigDraft draft, ConfigKeys keys);

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    return LlamaTensors.of(config, LlamaTensors.Fusion.NONE);
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
