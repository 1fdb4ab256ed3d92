package org.plumbline.model.config;

import java.util.List;

/**
 * InternLM2 (Cai et al. 2024) under its authors' names: queries, keys and values in one matrix,
 * group by group.
 */
final class InternLm2Family extends LlamaLike {
  InternLm2Family() {
    super("internlm2", "InternLM2");
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    keys.ignore("pretraining_tp");
    boolean bias = keys.flag("bias", true);
    draft.biases = new Biases(bias, bias, false);
  }

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    long hidden = config.hiddenSize();
    long inner = config.intermediateSize();
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.kvHeads() * config.headDim();
    Biases biases = config.biases();
    TensorListing list = new TensorListing(false);
    list.matrix(Role.TOKEN_EMBEDDING, "model.tok_embeddings", config.vocabSize(), hidden);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "model.layers." + layer + ".";
      list.inLayer(layer)
          .norm(Role.ATTENTION_NORM, at + "attention_norm", hidden, false)
          .linear(
              Role.GROUPED_QUERY_KEY_VALUE,
              at + "attention.wqkv",
              queries + 2 * keys,
              hidden,
              biases.queryKeyValue())
          .linear(
              Role.ATTENTION_OUTPUT, at + "attention.wo", hidden, queries, biases.attentionOutput())
          .norm(Role.MLP_NORM, at + "ffn_norm", hidden, false)
          .linear(Role.GATE, at + "feed_forward.w1", inner, hidden, false)
          .linear(Role.UP, at + "feed_forward.w3", inner, hidden, false)
          .linear(Role.DOWN, at + "feed_forward.w2", hidden, inner, false);
    }
    return list.outsideLayers()
        .norm(Role.FINAL_NORM, "model.norm", hidden, false)
        .head(config, "output")
        .toList();
  }
}
