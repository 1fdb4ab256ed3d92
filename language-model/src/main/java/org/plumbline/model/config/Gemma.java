package org.plumbline.model.config;

/** What Gemma 2 and 3 have in common. */
final class Gemma {
  static final int HEAD_DIM = 256;
  static final String ACTIVATION = "hidden_activation";
  static final String ACTIVATION_DEFAULT = "gelu_pytorch_tanh";

  private Gemma() {}

  /**
   * Scaled embeddings, norms around one on both sides, scores scaled by their own key.
   *
   * @param scoreCap soft cap of attention scores where the file has none; 0 = none
   * @param logitCap of logits
   */
  static void shape(ConfigDraft draft, ConfigKeys keys, double scoreCap, double logitCap) {
    // written beside hidden_activation, which is the one in use
    keys.ignore("hidden_act");
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
            .softcapped(cap(keys, "attn_logit_softcapping", scoreCap));
    draft.output =
        new OutputShape(
            Math.sqrt(draft.sizes().hiddenSize()),
            cap(keys, "final_logit_softcapping", logitCap),
            false);
  }

  /** An explicit null switches a cap off; a missing key leaves the family's. */
  private static double cap(ConfigKeys keys, String key, double otherwise) {
    return keys.number(key, keys.isGiven(key) ? 0 : otherwise);
  }
}
