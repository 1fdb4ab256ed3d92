package org.plumbline.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Qwen2 and Qwen2.5: Llama with biases on query, key and value; some layers may see a window. */
final class Qwen2Family implements ModelFamily {
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public String className(Head head) {
    return switch (head) {
      case LANGUAGE_MODEL -> "Qwen2ForCausalLM";
      case SEQUENCE_CLASSIFICATION -> "Qwen2ForSequenceClassification";
      case NONE -> "Qwen2Model";
    };
  }

  @Override
  public TransformerConfig read(ConfigKeys keys) {
    CommonKeys.Common common = CommonKeys.read(keys, this);
    keys.ignore("attention_dropout", "hidden_dropout");
    keys.mustBeOff("use_mrope", false);
    DecoderSizes sizes = DecoderSizes.read(keys);
    return new TransformerConfig(
        modelType(),
        common.head(),
        sizes.vocabSize(),
        sizes.hiddenSize(),
        sizes.intermediateSize(),
        sizes.layers(),
        sizes.heads(),
        sizes.kvHeads(),
        sizes.headDim(),
        sizes.maxPositions(),
        new Normalization(Normalization.Kind.RMS, keys.number("rms_norm_eps", 1e-6)),
        CommonKeys.activation(keys, "hidden_act", "silu"),
        true,
        Optional.of(RopeKeys.read(keys, sizes.headDim(), sizes.maxPositions())),
        new Biases(true, false, false),
        new AttentionShape(true, false, windows(keys, sizes.layers())),
        keys.flag("tie_word_embeddings", false),
        common.specialIds(),
        common.numLabels(),
        common.dtype(),
        keys.json());
  }

  /** As transformers: layers from max_window_layers on slide, unless layer_types says which. */
  private static List<Integer> windows(ConfigKeys keys, int layers) {
    boolean used = keys.flag("use_sliding_window", false);
    int window = keys.positive("sliding_window", 4096);
    int firstSliding = keys.node("max_window_layers").map(value -> value.asInt()).orElse(28);
    boolean sliding = used && keys.node("sliding_window").isPresent();
    Optional<List<String>> types = DecoderSizes.layerTypes(keys, layers);
    List<Integer> windows = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      String type =
          types.isPresent()
              ? types.get().get(layer)
              : sliding && layer >= firstSliding ? SLIDING : FULL;
      if (!type.equals(FULL) && !(type.equals(SLIDING) && sliding)) {
        throw keys.wrong(
            "layer_types", type, "full_attention, or sliding_attention with use_sliding_window");
      }
      windows.add(type.equals(SLIDING) ? window : 0);
    }
    return windows;
  }

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    return LlamaTensors.of(config);
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
