package org.plumbline.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.safetensors.DType;

/** The keys that transformers gives to every family. */
final class CommonKeys {
  /** Written by transformers 4 or 5 or by other tools, without effect on a forward pass. */
  private static final String[] HARMLESS = {
    "transformers_version",
    "_name_or_path",
    "name_or_path",
    "_commit_hash",
    "_from_model_config",
    "cache_implementation",
    "auto_map",
    "tokenizer_class",
    "task_specific_params",
    "finetuning_task",
    "problem_type",
    "use_cache",
    "initializer_range",
    "initializer_factor",
    "gradient_checkpointing",
    "torchscript",
    "return_dict",
    "output_attentions",
    "output_hidden_states",
    "output_scores",
    "return_dict_in_generate",
    "attn_implementation",
    "_attn_implementation",
    "_attn_implementation_autoset",
    "use_bfloat16",
    "tf_legacy_loss",
    "chunk_size_feed_forward",
    "is_decoder",
    "unsloth_version",
    "unsloth_fixed",
    // parameters of generation that old folders keep here; read from generation_config.json alone
    "max_length",
    "max_new_tokens",
    "min_length",
    "do_sample",
    "early_stopping",
    "num_beams",
    "num_beam_groups",
    "diversity_penalty",
    "temperature",
    "top_k",
    "top_p",
    "typical_p",
    "repetition_penalty",
    "length_penalty",
    "no_repeat_ngram_size",
    "encoder_no_repeat_ngram_size",
    "bad_words_ids",
    "num_return_sequences",
    "forced_bos_token_id",
    "forced_eos_token_id",
    "remove_invalid_values",
    "exponential_decay_length_penalty",
    "suppress_tokens",
    "begin_suppress_tokens",
    "decoder_start_token_id",
    "sep_token_id",
    "prefix"
  };

  private CommonKeys() {}

  /** What every family says about itself. */
  record Common(Head head, OptionalInt numLabels, SpecialIds specialIds, DType dtype) {}

  static Common read(ConfigKeys keys, ModelFamily family) {
    keys.ignore("model_type");
    keys.ignore(HARMLESS);
    keys.mustBeOff("is_encoder_decoder", false);
    keys.mustBeOff("add_cross_attention", false);
    keys.mustBeOff("tie_encoder_decoder", false);
    keys.mustBeAbsent("pruned_heads");
    QuantizationKeys.read(keys);
    Head head = head(keys, family);
    int labels = labels(keys);
    OptionalInt numLabels =
        switch (head) {
          case SEQUENCE_CLASSIFICATION, TOKEN_CLASSIFICATION -> OptionalInt.of(labels);
          case QUESTION_ANSWERING -> OptionalInt.of(2);
          case LANGUAGE_MODEL, MASKED_LANGUAGE_MODEL, NONE -> OptionalInt.empty();
        };
    SpecialIds ids =
        new SpecialIds(keys.id("bos_token_id"), keys.ids("eos_token_id"), keys.id("pad_token_id"));
    return new Common(head, numLabels, ids, dtype(keys));
  }

  private static Head head(ConfigKeys keys, ModelFamily family) {
    List<String> names =
        keys.node("architectures")
            .map(list -> list.valueStream().map(JsonNode::asText).toList())
            .orElse(List.of());
    if (names.isEmpty()) {
      return family.heads().get(0);
    }
    for (Head head : family.heads()) {
      if (!Collections.disjoint(names, family.classNames(head))) {
        return head;
      }
    }
    throw keys.wrong(
        "architectures",
        names.toString(),
        "supported for model_type %s: %s"
            .formatted(
                family.modelType(),
                family.heads().stream().map(family::className).collect(Collectors.joining(", "))));
  }

  /** transformers leaves out id2label where it has its default of two labels. */
  private static int labels(ConfigKeys keys) {
    Optional<JsonNode> names = keys.node("id2label");
    keys.ignore("label2id");
    int declared = keys.positive("num_labels", 2);
    return names.filter(JsonNode::isObject).map(JsonNode::size).orElse(declared);
  }

  private static DType dtype(ConfigKeys keys) {
    Optional<String> old = keys.text("torch_dtype");
    String name = keys.text("dtype").or(() -> old).orElse("float32");
    DType dtype;
    try {
      dtype = DType.ofTorchName(name);
    } catch (ModelFormatException e) {
      throw keys.wrong("dtype", name, "supported: float32, bfloat16, float16, float64");
    }
    if (!dtype.isFloat()) {
      throw keys.wrong("dtype", name, "a float type is needed");
    }
    return dtype;
  }

  static Activation activation(ConfigKeys keys, String key, String otherwise) {
    String name = keys.text(key).orElse(otherwise);
    return Activation.of(name)
        .orElseThrow(
            () ->
                keys.wrong(key, name, "supported: silu, gelu, gelu_new, gelu_pytorch_tanh, relu"));
  }
}
