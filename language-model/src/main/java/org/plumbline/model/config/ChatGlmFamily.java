package org.plumbline.model.config;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** ChatGLM2 and 3 (Du et al. 2022; GLM Team 2024) under its authors' names and keys. */
final class ChatGlmFamily implements ModelFamily {
  private static final String PREFIX = "transformer.";

  @Override
  public String modelType() {
    return "chatglm";
  }

  @Override
  public String classPrefix() {
    return "ChatGLM";
  }

  @Override
  public String className(Head head) {
    return switch (head) {
      case LANGUAGE_MODEL -> "ChatGLMForConditionalGeneration";
      case NONE -> "ChatGLMModel";
      default -> ModelFamily.super.className(head);
    };
  }

  /** Its folders name the bare model where they mean the one with a head. */
  @Override
  public List<String> classNames(Head head) {
    return head == Head.LANGUAGE_MODEL
        ? List.of(className(head), className(Head.NONE))
        : List.of(className(head));
  }

  @Override
  public List<Head> heads() {
    return List.of(Head.LANGUAGE_MODEL, Head.SEQUENCE_CLASSIFICATION);
  }

  @Override
  public TransformerConfig read(ConfigKeys keys) {
    keys.ignore(
        "attention_dropout",
        "hidden_dropout",
        "classifier_dropout",
        "bias_dropout_fusion",
        "attention_softmax_in_fp32",
        // scales scores down and up again to keep float16 in range
        "apply_query_key_layer_scaling",
        "fp32_residual_connection",
        "quantization_bit",
        "pre_seq_len",
        "prefix_projection",
        "original_rope",
        "num_layers",
        "padded_vocab_size",
        "vocab_size",
        "seq_length");
    keys.mustBeOff("interleaved_qkv", false);
    keys.mustBeOff("apply_residual_connection_post_layernorm", false);
    keys.mustBeOff("post_layer_norm", true);
    keys.mustBeOff("rmsnorm", true);
    int heads = keys.positive("num_attention_heads");
    int groups = keys.positive("multi_query_group_num", 1);
    boolean grouped = keys.flag("multi_query_attention", false);
    int headDim = keys.positive("kv_channels", 128);
    int layers = keys.positive("num_layers");
    DecoderSizes sizes =
        new DecoderSizes(
            keys.positive(keys.isGiven("padded_vocab_size") ? "padded_vocab_size" : "vocab_size"),
            keys.positive("hidden_size"),
            keys.positive("ffn_hidden_size"),
            layers,
            heads,
            grouped ? groups : heads,
            headDim,
            keys.positive("seq_length"));
    ConfigDraft draft = new ConfigDraft(this, keys, sizes, Activation.SILU);
    draft.norm =
        Normalization.before(Normalization.Kind.RMS, keys.number("layernorm_epsilon", 1e-5));
    double ratio = keys.number("rope_ratio", 1);
    draft.rope = Optional.of(new Rope(10_000 * ratio, headDim / 2, true, RopeScaling.NONE));
    boolean bias = keys.flag("add_bias_linear", false);
    draft.biases = new Biases(keys.flag("add_qkv_bias", false) || bias, bias, bias);
    draft.tiedEmbeddings = keys.flag("tie_word_embeddings", false);
    draft.windows(Collections.nCopies(layers, 0));
    return draft.build();
  }

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    long hidden = config.hiddenSize();
    long inner = config.intermediateSize();
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.kvHeads() * config.headDim();
    Biases biases = config.biases();
    TensorListing list = new TensorListing(false);
    list.matrix(
        Role.TOKEN_EMBEDDING, PREFIX + "embedding.word_embeddings", config.vocabSize(), hidden);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = PREFIX + "encoder.layers." + layer + ".";
      list.inLayer(layer)
          .norm(Role.ATTENTION_NORM, at + "input_layernorm", hidden, false)
          .linear(
              Role.QUERY_KEY_VALUE,
              at + "self_attention.query_key_value",
              queries + 2 * keys,
              hidden,
              biases.queryKeyValue())
          .linear(
              Role.ATTENTION_OUTPUT,
              at + "self_attention.dense",
              hidden,
              queries,
              biases.attentionOutput())
          .norm(Role.MLP_NORM, at + "post_attention_layernorm", hidden, false)
          .linear(Role.GATE_UP, at + "mlp.dense_h_to_4h", 2 * inner, hidden, biases.mlp())
          .linear(Role.DOWN, at + "mlp.dense_4h_to_h", hidden, inner, biases.mlp());
    }
    return list.outsideLayers()
        .norm(Role.FINAL_NORM, PREFIX + "encoder.final_layernorm", hidden, false)
        .head(config, PREFIX + "output_layer")
        .toList();
  }

  @Override
  public String trunkPrefix() {
    return PREFIX;
  }

  @Override
  public boolean isBuffer(String name) {
    return name.endsWith("rotary_pos_emb.inv_freq");
  }
}
