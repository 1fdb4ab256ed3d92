package org.plumbline.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sizes under the names that Llama began, checked against each other. */
record DecoderSizes(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int maxPositions) {

  static DecoderSizes read(ConfigKeys keys) {
    return read(keys, 0);
  }

  /** For files that name their longest sequence otherwise. */
  static DecoderSizes withPositions(ConfigKeys keys, int maxPositions) {
    return read(keys, 0, maxPositions);
  }

  /**
   * With {@code headDimDefault} the family's own where the file has none; 0 = hidden size by heads.
   */
  static DecoderSizes read(ConfigKeys keys, int headDimDefault) {
    return read(keys, headDimDefault, keys.positive("max_position_embeddings"));
  }

  private static DecoderSizes read(ConfigKeys keys, int headDimDefault, int maxPositions) {
    int hidden = keys.positive("hidden_size");
    int heads = keys.positive("num_attention_heads");
    int kvHeads = keys.positive("num_key_value_heads", heads);
    int headDim =
        keys.positive(
            "head_dim", headDimDefault > 0 ? headDimDefault : Math.max(1, hidden / heads));
    if (keys.node("head_dim").isEmpty() && headDimDefault == 0 && hidden % heads != 0) {
      throw keys.wrong(
          "num_attention_heads",
          Integer.toString(heads),
          "it must divide hidden_size %d where head_dim is not given".formatted(hidden));
    }
    if (heads % kvHeads != 0) {
      throw keys.wrong(
          "num_key_value_heads",
          Integer.toString(kvHeads),
          "it must divide num_attention_heads %d".formatted(heads));
    }
    return new DecoderSizes(
        keys.positive("vocab_size"),
        hidden,
        keys.positive("intermediate_size"),
        keys.positive("num_hidden_layers"),
        heads,
        kvHeads,
        headDim,
        maxPositions);
  }

  /** Consumes {@code layer_types} of a family without sliding windows. */
  static void requireFullAttention(ConfigKeys keys, int layers) {
    for (String type : layerTypes(keys, layers).orElse(List.of())) {
      if (!type.equals("full_attention")) {
        throw keys.wrong("layer_types", type, "this family knows full_attention only");
      }
    }
  }

  /** The key {@code layer_types} of transformers 5, one entry per layer. */
  static Optional<List<String>> layerTypes(ConfigKeys keys, int layers) {
    Optional<JsonNode> node = keys.node("layer_types");
    if (node.isEmpty()) {
      return Optional.empty();
    }
    List<String> types = new ArrayList<>();
    node.get().forEach(type -> types.add(type.asText()));
    if (types.size() != layers) {
      throw keys.wrong(
          "layer_types", types.size() + " entries", "num_hidden_layers is %d".formatted(layers));
    }
    return Optional.of(types);
  }
}
