package org.plumbline.model.config;

import java.util.List;

/** The tensor names that Llama began and many later families kept. */
final class LlamaTensors {
  static final String PREFIX = "model.";

  private LlamaTensors() {}

  static List<TensorRef> of(TransformerConfig config) {
    long hidden = config.hiddenSize();
    long inner = config.intermediateSize();
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.kvHeads() * config.headDim();
    Biases biases = config.biases();
    TensorListing list = new TensorListing(false);
    list.matrix(Role.TOKEN_EMBEDDING, "model.embed_tokens", config.vocabSize(), hidden);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "model.layers." + layer + ".";
      list.inLayer(layer)
          .norm(Role.ATTENTION_NORM, at + "input_layernorm", hidden, false)
          .linear(Role.QUERY, at + "self_attn.q_proj", queries, hidden, biases.queryKeyValue())
          .linear(Role.KEY, at + "self_attn.k_proj", keys, hidden, biases.queryKeyValue())
          .linear(Role.VALUE, at + "self_attn.v_proj", keys, hidden, biases.queryKeyValue())
          .linear(
              Role.ATTENTION_OUTPUT,
              at + "self_attn.o_proj",
              hidden,
              queries,
              biases.attentionOutput())
          .norm(Role.MLP_NORM, at + "post_attention_layernorm", hidden, false)
          .linear(Role.GATE, at + "mlp.gate_proj", inner, hidden, biases.mlp())
          .linear(Role.UP, at + "mlp.up_proj", inner, hidden, biases.mlp())
          .linear(Role.DOWN, at + "mlp.down_proj", hidden, inner, biases.mlp());
    }
    return list.outsideLayers()
        .norm(Role.FINAL_NORM, "model.norm", hidden, false)
        .head(config)
        .toList();
  }

  /** Rotary tables that old versions saved. */
  static boolean isBuffer(String name) {
    return name.endsWith("rotary_emb.inv_freq")
        || name.endsWith("rotary_emb.cos_cached")
        || name.endsWith("rotary_emb.sin_cached");
  }
}
