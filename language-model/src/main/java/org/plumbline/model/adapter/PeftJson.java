package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.plumbline.model.ModelFormatException;

/**
 * {@code adapter_config.json}.
 *
 * @param file for errors
 */
record PeftJson(Path file, JsonNode node) {
  static final String NAME = "adapter_config.json";
  static final String MODULES_TO_SAVE = "modules_to_save";
  static final String VIRTUAL_TOKENS = "num_virtual_tokens";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Keys that say nothing about the maths, or that are read here. */
  private static final Set<String> HARMLESS =
      Set.of(
          "alpha_pattern",
          "arrow_config",
          "auto_mapping",
          "base_model_class",
          "base_model_name_or_path",
          "base_sha256",
          "beta1",
          "beta2",
          "bias",
          "corda_config",
          "deltaT",
          "encoder_dropout",
          "encoder_hidden_size",
          "encoder_num_layers",
          "encoder_reparameterization_type",
          "ensure_weight_tying",
          "eva_config",
          "exclude_modules",
          "fan_in_fan_out",
          "feedforward_modules",
          "inference_mode",
          "init_ia3_weights",
          "init_lora_weights",
          "init_r",
          "layers_pattern",
          "layers_to_transform",
          "loftq_config",
          "lora_alpha",
          "lora_dropout",
          "lora_ga_config",
          "megatron_config",
          "megatron_core",
          MODULES_TO_SAVE,
          "num_attention_heads",
          "num_layers",
          "num_transformer_submodules",
          VIRTUAL_TOKENS,
          "orth_reg_weight",
          "peft_type",
          "peft_version",
          "places",
          "prefix_projection",
          "prompt_tuning_init",
          "prompt_tuning_init_text",
          "qalora_group_size",
          "r",
          "rank_pattern",
          "reduction",
          "activation",
          "revision",
          "runtime_config",
          "target_modules",
          "target_r",
          "task_type",
          "tfinal",
          "tinit",
          "token_dim",
          "tokenizer_kwargs",
          "tokenizer_name_or_path",
          "total_step",
          "use_dora",
          "use_rslora");

  /** Reads a folder's file. */
  static PeftJson read(Path folder) {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new ModelFormatException(
          "%s is missing; needed: a PEFT adapter folder with %s and %s.safetensors"
              .formatted(file, NAME, PeftFolder.STEM));
    }
    try {
      return new PeftJson(file, JSON.readTree(file.toFile()));
    } catch (IOException e) {
      throw new ModelFormatException("%s is not valid JSON: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * The method that the file describes.
   *
   * @throws ModelFormatException naming a key that changes the maths in a way unknown here
   */
  AdapterMethod method() {
    refuseUnknown();
    String type = node.path("peft_type").asText("missing");
    try {
      return switch (type) {
        case "LORA" -> Lora.read(this);
        case "ADALORA" -> AdaLora.read(this);
        case "IA3" -> Ia3.read(this);
        case "PROMPT_TUNING" -> PromptTuning.read(this);
        case "PREFIX_TUNING" -> PrefixTuning.read(this);
        case "P_TUNING" -> PTuning.read(this);
        case Bottleneck.TYPE -> Bottleneck.read(this);
        default ->
            throw new ModelFormatException(
                "%s: peft_type is %s; supported: LORA, ADALORA, IA3, PROMPT_TUNING, PREFIX_TUNING, P_TUNING, BOTTLENECK"
                    .formatted(file, type));
      };
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private void refuseUnknown() {
    node.fields()
        .forEachRemaining(
            field -> {
              JsonNode value = field.getValue();
              boolean off =
                  value.isNull()
                      || value.isEmpty() && value.isContainerNode()
                      || value.isBoolean() && !value.asBoolean();
              if (!off && !HARMLESS.contains(field.getKey())) {
                throw new ModelFormatException(
                    "%s: %s=%s changes the adapter's maths and is not supported"
                        .formatted(file, field.getKey(), value));
              }
            });
    int submodules = node.path("num_transformer_submodules").asInt(1);
    if (submodules > 1) {
      throw new ModelFormatException(
          "%s: num_transformer_submodules=%d is for encoder-decoder models; needed: 1"
              .formatted(file, submodules));
    }
  }

  List<String> targets() {
    return strings("target_modules");
  }

  /** A list, or one text alone. */
  List<String> strings(String key) {
    JsonNode value = node.path(key);
    List<String> all = new ArrayList<>();
    if (value.isTextual()) {
      all.add(value.asText());
    } else {
      value.forEach(item -> all.add(item.asText()));
    }
    return all.stream().distinct().toList();
  }

  List<Integer> integers(String key) {
    JsonNode value = node.path(key);
    List<Integer> all = new ArrayList<>();
    if (value.isInt()) {
      all.add(value.asInt());
    } else {
      value.forEach(item -> all.add(item.asInt()));
    }
    return all;
  }

  <T> Map<String, T> map(String key, Function<JsonNode, T> value) {
    Map<String, T> all = new LinkedHashMap<>();
    node.path(key).fields().forEachRemaining(e -> all.put(e.getKey(), value.apply(e.getValue())));
    return all;
  }

  <E extends Enum<E>> E choice(String key, Class<E> type, E absent) {
    if (!node.hasNonNull(key)) {
      return absent;
    }
    String text = node.path(key).asText();
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
        return constant;
      }
    }
    throw new ModelFormatException("%s: %s=%s is not supported".formatted(file, key, text));
  }

  static void putTargets(ObjectNode json, List<String> targets) {
    String only = targets.size() == 1 ? targets.get(0) : "";
    if (only.equals(Targets.ALL_LINEAR) || !only.isEmpty() && Targets.isPattern(only)) {
      json.put("target_modules", only);
    } else {
      targets.forEach(json.putArray("target_modules")::add);
    }
  }
}
