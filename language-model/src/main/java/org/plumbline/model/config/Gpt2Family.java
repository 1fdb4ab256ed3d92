package org.plumbline.model.config;

import java.util.List;

/** GPT-2 (Radford et al. 2019): learned positions, LayerNorm, fused Conv1D matrices [in, out]. */
final class Gpt2Family implements ModelFamily {
  private static final String PREFIX = "transformer.";

  @Override
  public String modelType() {
    return "gpt2";
  }

  @Override
  public String classPrefix() {
    return "GPT2";
  }

  @Override
  public String className(Head head) {
    return head == Head.LANGUAGE_MODEL ? "GPT2LMHeadModel" : ModelFamily.super.className(head);
  }

  @Override
  public TransformerConfig read(ConfigKeys keys) {
    keys.ignore(
        "attn_pdrop",
        "embd_pdrop",
        "resid_pdrop",
        "n_ctx",
        "reorder_and_upcast_attn",
        // the head of GPT2DoubleHeadsModel, which is none of ours
        "summary_activation",
        "summary_first_dropout",
        "summary_proj_to_labels",
        "summary_type",
        "summary_use_proj");
    int hidden = keys.positive("n_embd");
    int heads = keys.positive("n_head");
    int layers = keys.positive("n_layer");
    if (hidden % heads != 0) {
      throw keys.wrong(
          "n_head", Integer.toString(heads), "it must divide n_embd %d".formatted(hidden));
    }
    DecoderSizes sizes =
        new DecoderSizes(
            keys.positive("vocab_size"),
            hidden,
            keys.positive("n_inner", 4 * hidden),
            layers,
            heads,
            heads,
            hidden / heads,
            keys.positive("n_positions"));
    ConfigDraft draft =
        new ConfigDraft(
            this, keys, sizes, CommonKeys.activation(keys, "activation_function", "gelu_new"));
    draft.norm =
        Normalization.before(Normalization.Kind.LAYER, keys.number("layer_norm_epsilon", 1e-5));
    draft.gatedMlp = false;
    draft.biases = new Biases(true, true, true);
    boolean byHeadDim = keys.flag("scale_attn_weights", true);
    draft.attention =
        draft.attention.scaled(
            byHeadDim ? draft.attention.scale() : 1,
            keys.flag("scale_attn_by_inverse_layer_idx", false));
    draft.tiedEmbeddings = keys.flag("tie_word_embeddings", true);
    return draft.build();
  }

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    long hidden = config.hiddenSize();
    long inner = config.intermediateSize();
    TensorListing list = new TensorListing(true);
    list.matrix(Role.TOKEN_EMBEDDING, PREFIX + "wte", config.vocabSize(), hidden)
        .matrix(Role.POSITION_EMBEDDING, PREFIX + "wpe", config.maxPositions(), hidden);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = PREFIX + "h." + layer + ".";
      list.inLayer(layer)
          .norm(Role.ATTENTION_NORM, at + "ln_1", hidden, true)
          .linear(Role.QUERY_KEY_VALUE, at + "attn.c_attn", 3 * hidden, hidden, true)
          .linear(Role.ATTENTION_OUTPUT, at + "attn.c_proj", hidden, hidden, true)
          .norm(Role.MLP_NORM, at + "ln_2", hidden, true)
          .linear(Role.UP, at + "mlp.c_fc", inner, hidden, true)
          .linear(Role.DOWN, at + "mlp.c_proj", hidden, inner, true);
    }
    list.outsideLayers().norm(Role.FINAL_NORM, PREFIX + "ln_f", hidden, true);
    if (config.head() == Head.TOKEN_CLASSIFICATION) {
      // The one head that transformers names otherwise than those of its other decoders.
      int labels = config.numLabels().orElseThrow();
      return list.matrix(Role.SCORE, "classifier", labels, hidden)
          .vector(Role.SCORE, "classifier.bias", labels, true)
          .toList();
    }
    return list.head(config).toList();
  }

  @Override
  public String trunkPrefix() {
    return PREFIX;
  }

  /** The causal mask and its fill value, saved by old versions. */
  @Override
  public boolean isBuffer(String name) {
    return name.endsWith(".attn.bias") || name.endsWith(".attn.masked_bias");
  }
}
