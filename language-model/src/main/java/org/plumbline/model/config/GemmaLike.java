package org.plumbline.model.config;

import java.util.List;

/**
 * What Gemma 2 and 3 have in common: scaled embeddings, norms around one on both sides, scores
 * scaled by their own key, layers with a window among those without.
 */
abstract class GemmaLike extends LlamaLike {
  private static final int WINDOW = 4096;

  GemmaLike(String modelType, String classPrefix) {
    super(modelType, classPrefix);
  }

  /** Soft cap of attention scores where the file is silent; 0 = none. */
  abstract double defaultScoreCap();

  /** Soft cap of logits where the file is silent; 0 = none. */
  abstract double defaultLogitCap();

  /** Each so-many-th layer sees all where the file has no layer_types. */
  abstract int fullLayerEvery(ConfigKeys keys);

  @Override
  int defaultHeadDim() {
    return 256;
  }

  @Override
  Activation activation(ConfigKeys keys) {
    // written beside hidden_activation, which is the one in use
    keys.ignore("hidden_act");
    return CommonKeys.activation(keys, "hidden_activation", "gelu_pytorch_tanh");
  }

  @Override
  boolean tiedByDefault() {
    return true;
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    keys.mustBeOff("use_bidirectional_attention", false);
    boolean bias = keys.flag("attention_bias", false);
    draft.biases = new Biases(bias, bias, false);
    draft.norm =
        new Normalization(
            Normalization.Kind.RMS, draft.norm.epsilon(), Normalization.Placement.AROUND, true);
    draft.attention =
        draft
            .attention
            .scaled(1 / Math.sqrt(keys.number("query_pre_attn_scalar", 256)), false)
            .softcapped(cap(keys, "attn_logit_softcapping", defaultScoreCap()));
    draft.output =
        new OutputShape(
            Math.sqrt(draft.sizes().hiddenSize()),
            cap(keys, "final_logit_softcapping", defaultLogitCap()),
            false);
    int layers = draft.sizes().layers();
    int every = fullLayerEvery(keys);
    List<String> types =
        DecoderSizes.layerTypes(keys, layers).orElseGet(() -> Windows.everyNth(layers, every));
    draft.windows(Windows.of(keys, types, Windows.one(keys, WINDOW)));
  }

  /** An explicit null switches a cap off; a missing key leaves the family's. */
  private static double cap(ConfigKeys keys, String key, double otherwise) {
    return keys.number(key, keys.isGiven(key) ? 0 : otherwise);
  }
}
