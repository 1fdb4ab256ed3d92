package org.plumbline.model.config;

import java.util.Collections;
import java.util.List;

/** BERT (Devlin et al. 2019): an encoder; norms after the sums, learned positions, token types. */
final class BertFamily implements ModelFamily {
  private static final String PREFIX = "bert.";

  @Override
  public String modelType() {
    return "bert";
  }

  @Override
  public String classPrefix() {
    return "Bert";
  }

  @Override
  public List<Head> heads() {
    return List.of(
        Head.MASKED_LANGUAGE_MODEL,
        Head.SEQUENCE_CLASSIFICATION,
        Head.TOKEN_CLASSIFICATION,
        Head.QUESTION_ANSWERING,
        Head.NONE);
  }

  /** Old files name the class that pretraining had; its sentence head is not needed. */
  @Override
  public List<String> classNames(Head head) {
    return head == Head.MASKED_LANGUAGE_MODEL
        ? List.of(className(head), "BertForPreTraining")
        : List.of(className(head));
  }

  @Override
  public TransformerConfig read(ConfigKeys keys) {
    keys.ignore("attention_probs_dropout_prob", "hidden_dropout_prob", "classifier_dropout");
    keys.ignore("gradient_checkpointing", "directionality");
    // a pooler that only BERT's first code knew
    keys.ignore(
        "pooler_fc_size",
        "pooler_num_attention_heads",
        "pooler_num_fc_layers",
        "pooler_size_per_head",
        "pooler_type");
    keys.node("position_embedding_type")
        .filter(value -> !value.asText().equals("absolute"))
        .ifPresent(
            value -> {
              throw keys.wrong("position_embedding_type", value, "only absolute is supported");
            });
    DecoderSizes sizes = DecoderSizes.read(keys);
    ConfigDraft draft =
        new ConfigDraft(this, keys, sizes, CommonKeys.activation(keys, "hidden_act", "gelu"));
    draft.norm =
        new Normalization(
            Normalization.Kind.LAYER,
            keys.number("layer_norm_eps", 1e-12),
            Normalization.Placement.AFTER,
            false);
    draft.gatedMlp = false;
    draft.biases = new Biases(true, true, true);
    draft.windows(Collections.nCopies(sizes.layers(), 0));
    draft.attention = draft.attention.bidirectional();
    draft.tokenTypes = keys.positive("type_vocab_size", 2);
    draft.tiedEmbeddings = keys.flag("tie_word_embeddings", true);
    return draft.build();
  }

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    long hidden = config.hiddenSize();
    long inner = config.intermediateSize();
    String embeddings = PREFIX + "embeddings.";
    TensorListing list = new TensorListing(false);
    list.matrix(Role.TOKEN_EMBEDDING, embeddings + "word_embeddings", config.vocabSize(), hidden)
        .matrix(
            Role.POSITION_EMBEDDING,
            embeddings + "position_embeddings",
            config.maxPositions(),
            hidden)
        .matrix(
            Role.TYPE_EMBEDDING, embeddings + "token_type_embeddings", config.tokenTypes(), hidden)
        .norm(Role.EMBEDDING_NORM, embeddings + "LayerNorm", hidden, true);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = PREFIX + "encoder.layer." + layer + ".";
      list.inLayer(layer)
          .linear(Role.QUERY, at + "attention.self.query", hidden, hidden, true)
          .linear(Role.KEY, at + "attention.self.key", hidden, hidden, true)
          .linear(Role.VALUE, at + "attention.self.value", hidden, hidden, true)
          .linear(Role.ATTENTION_OUTPUT, at + "attention.output.dense", hidden, hidden, true)
          .norm(Role.ATTENTION_NORM, at + "attention.output.LayerNorm", hidden, true)
          .linear(Role.UP, at + "intermediate.dense", inner, hidden, true)
          .linear(Role.DOWN, at + "output.dense", hidden, inner, true)
          .norm(Role.MLP_NORM, at + "output.LayerNorm", hidden, true);
    }
    list.outsideLayers();
    return head(list, config).toList();
  }

  private static TensorListing head(TensorListing list, TransformerConfig config) {
    long hidden = config.hiddenSize();
    String top = "cls.predictions.";
    return switch (config.head()) {
      case MASKED_LANGUAGE_MODEL -> {
        list.linear(Role.HEAD_TRANSFORM, top + "transform.dense", hidden, hidden, true)
            .norm(Role.HEAD_NORM, top + "transform.LayerNorm", hidden, true)
            .vector(Role.LM_HEAD, top + "bias", config.vocabSize(), true);
        yield config.tiedEmbeddings()
            ? list
            : list.matrix(Role.LM_HEAD, top + "decoder", config.vocabSize(), hidden);
      }
      case SEQUENCE_CLASSIFICATION ->
          list.linear(Role.POOLER, PREFIX + "pooler.dense", hidden, hidden, true)
              .linear(Role.SCORE, "classifier", config.numLabels().orElseThrow(), hidden, true);
      case TOKEN_CLASSIFICATION ->
          list.linear(Role.SCORE, "classifier", config.numLabels().orElseThrow(), hidden, true);
      case QUESTION_ANSWERING -> list.linear(Role.SCORE, "qa_outputs", 2, hidden, true);
      case LANGUAGE_MODEL, NONE -> list;
    };
  }

  @Override
  public String trunkPrefix() {
    return PREFIX;
  }

  /** The first BERT files spell the weights of their norms gamma and beta. */
  @Override
  public List<String> spellings(String name) {
    return name.contains("LayerNorm")
        ? List.of(
            name,
            name.replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta"))
        : List.of(name);
  }

  @Override
  public boolean isBuffer(String name) {
    return name.endsWith("embeddings.position_ids") || name.startsWith("cls.seq_relationship.");
  }
}
