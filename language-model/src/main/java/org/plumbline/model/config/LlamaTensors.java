package org.plumbline.model.config;

import java.util.List;

/** The tensor names that Llama began and many later families kept. */
final class LlamaTensors {
  static final String PREFIX = "model.";

  private LlamaTensors() {}

  /** Which matrices a family stores as one. */
  enum Fusion {
    NONE,
    /** gate_up_proj. */
    MLP,
    /** qkv_proj and gate_up_proj. */
    ATTENTION_AND_MLP
  }

  static List<TensorRef> of(TransformerConfig config, Fusion fusion) {
    long hidden = config.hiddenSize();
    TensorListing list = new TensorListing(false);
    list.matrix(Role.TOKEN_EMBEDDING, "model.embed_tokens", config.vocabSize(), hidden);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "model.layers." + layer + ".";
      list.inLayer(layer).norm(Role.ATTENTION_NORM, at + "input_layernorm", hidden, false);
      attention(list, config, fusion, at + "self_attn.");
      if (config.norm().placement() == Normalization.Placement.AROUND) {
        list.norm(Role.POST_ATTENTION_NORM, at + "post_attention_layernorm", hidden, false)
            .norm(Role.MLP_NORM, at + "pre_feedforward_layernorm", hidden, false)
            .norm(Role.POST_MLP_NORM, at + "post_feedforward_layernorm", hidden, false);
      } else {
        list.norm(Role.MLP_NORM, at + "post_attention_layernorm", hidden, false);
      }
      if (config.experts().isPresent()) {
        experts(list, config, at + "block_sparse_moe.");
      } else {
        mlp(list, config, fusion, at + "mlp.");
      }
    }
    return list.outsideLayers()
        .norm(Role.FINAL_NORM, "model.norm", hidden, false)
        .head(config)
        .toList();
  }

  private static void attention(
      TensorListing list, TransformerConfig config, Fusion fusion, String at) {
    long hidden = config.hiddenSize();
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.kvHeads() * config.headDim();
    boolean bias = config.biases().queryKeyValue();
    if (fusion == Fusion.ATTENTION_AND_MLP) {
      list.linear(Role.QUERY_KEY_VALUE, at + "qkv_proj", queries + 2 * keys, hidden, bias);
    } else {
      list.linear(Role.QUERY, at + "q_proj", queries, hidden, bias)
          .linear(Role.KEY, at + "k_proj", keys, hidden, bias)
          .linear(Role.VALUE, at + "v_proj", keys, hidden, bias);
    }
    list.linear(
        Role.ATTENTION_OUTPUT, at + "o_proj", hidden, queries, config.biases().attentionOutput());
    if (config.attention().queryKeyNorm()) {
      list.norm(Role.QUERY_NORM, at + "q_norm", config.headDim(), false)
          .norm(Role.KEY_NORM, at + "k_norm", config.headDim(), false);
    }
  }

  private static void mlp(TensorListing list, TransformerConfig config, Fusion fusion, String at) {
    long hidden = config.hiddenSize();
    long inner = config.intermediateSize();
    boolean bias = config.biases().mlp();
    if (fusion == Fusion.NONE) {
      list.linear(Role.GATE, at + "gate_proj", inner, hidden, bias)
          .linear(Role.UP, at + "up_proj", inner, hidden, bias);
    } else {
      list.linear(Role.GATE_UP, at + "gate_up_proj", 2 * inner, hidden, bias);
    }
    list.linear(Role.DOWN, at + "down_proj", hidden, inner, bias);
  }

  private static void experts(TensorListing list, TransformerConfig config, String at) {
    long hidden = config.hiddenSize();
    long inner = config.intermediateSize();
    int count = config.experts().orElseThrow().count();
    list.linear(Role.ROUTER, at + "gate", count, hidden, false);
    for (int expert = 0; expert < count; expert++) {
      String of = at + "experts." + expert + ".";
      list.linear(Role.EXPERT_GATE, of + "w1", inner, hidden, false)
          .linear(Role.EXPERT_UP, of + "w3", inner, hidden, false)
          .linear(Role.EXPERT_DOWN, of + "w2", hidden, inner, false);
    }
  }

  /** Rotary tables that old versions saved. */
  static boolean isBuffer(String name) {
    return name.endsWith("rotary_emb.inv_freq")
        || name.endsWith("rotary_emb.cos_cached")
        || name.endsWith("rotary_emb.sin_cached");
  }
}
