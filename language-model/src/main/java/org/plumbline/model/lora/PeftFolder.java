package org.plumbline.model.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.safetensors.WeightFolderWriter;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;

/** Reads and writes PEFT's LoRA folders: adapter_config.json and adapter_model.safetensors. */
public final class PeftFolder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONFIG = "adapter_config.json";

  /** Name of the weights file without its ending. */
  public static final String STEM = "adapter_model";

  /** What stands before the names of the base model's tensors. */
  public static final String PREFIX = "base_model.model.";

  /**
   * Keys that say nothing about the maths of a plain LoRA layer, or that are read elsewhere here.
   */
  private static final Set<String> HARMLESS =
      Set.of(
          "auto_mapping",
          "base_model_name_or_path",
          "fan_in_fan_out",
          "inference_mode",
          "init_lora_weights",
          "layers_pattern",
          "layers_to_transform",
          "loftq_config",
          "lora_alpha",
          "lora_dropout",
          "megatron_config",
          "megatron_core",
          "modules_to_save",
          "peft_type",
          "peft_version",
          "qalora_group_size",
          "r",
          "revision",
          "target_modules",
          "task_type",
          "use_rslora",
          "bias",
          "exclude_modules",
          "rank_pattern",
          "eva_config",
          "corda_config",
          "ensure_weight_tying",
          "runtime_config",
          "lora_ga_config",
          "arrow_config");

  private PeftFolder() {}

  /**
   * Loads an adapter for a base model.
   *
   * @param owner owns the tensors
   * @param layout the base model's tensors
   * @param openedTogether whether the base has the embeddings that the folder carries
   * @param changed run after a tensor was written
   * @throws ModelFormatException if the folder is no plain LoRA adapter, or not of this base
   */
  public static LoraAdapter load(
      Path folder,
      String name,
      NDManager owner,
      TensorLayout layout,
      int hiddenSize,
      boolean openedTogether,
      Runnable changed) {
    JsonNode json = readJson(folder);
    LoraConfig config = config(folder.resolve(CONFIG), json);
    Map<String, TensorRef> modules = new LinkedHashMap<>();
    for (TensorRef ref : layout.all()) {
      if (!ref.bias()) {
        modules.put(PREFIX + ref.module(), ref);
      }
    }
    Map<TensorRef, LoraPair> pairs = new LinkedHashMap<>();
    HeadPlace place = HeadPlace.of(layout);
    Parameter head = null;
    try (WeightFolder weights = WeightFolder.open(folder, STEM)) {
      Set<String> used = new HashSet<>();
      for (Map.Entry<String, TensorRef> module : modules.entrySet()) {
        String a = module.getKey() + ".lora_A.weight";
        String b = module.getKey() + ".lora_B.weight";
        if (weights.contains(a) && weights.contains(b)) {
          pairs.put(
              module.getValue(),
              pair(folder, weights, a, b, module.getValue(), config, owner, changed));
          used.add(a);
          used.add(b);
        }
      }
      for (String module : HeadPlace.MODULES) {
        boolean biased = weights.contains(PREFIX + module + ".bias");
        HeadPlace at = new HeadPlace(module, json.path("task_type").asText("SEQ_CLS"), biased);
        if (weights.contains(at.weight())) {
          place = at;
          float[] values = weights.readFloats(at.weight());
          head = LoraAdapter.head(owner, place, values, hiddenSize, changed);
          refuseBias(folder, weights, at);
          refuseUnderHead(folder, layout, at);
          used.addAll(List.of(at.weight(), at.bias()));
        }
      }
      embeddings(folder, weights, layout, openedTogether, used);
      refuseUnused(folder, weights.names(), used, modules);
    }
    return new LoraAdapter(name, config, pairs, place, head);
  }

  /** A masked language model's own layers below its head would stand below the adapter's too. */
  private static void refuseUnderHead(Path folder, TensorLayout layout, HeadPlace head) {
    if (layout.find(Role.HEAD_TRANSFORM, -1, false).isPresent()) {
      throw new ModelFormatException(
          "%s brings a head (%s) for a bare trunk, but its base is open as a masked language model; open the base under the adapter's task"
              .formatted(folder, head.module()));
    }
  }

  private static void refuseBias(Path folder, WeightFolder weights, HeadPlace head) {
    if (head.biased()) {
      for (float value : weights.readFloats(head.bias())) {
        if (value != 0) {
          throw new ModelFormatException(
              "%s: %s is not 0; an adapter's head has no bias here"
                  .formatted(folder.resolve(STEM + ".safetensors"), head.bias()));
        }
      }
    }
  }

  /**
   * Rows of the token embeddings that an adapter's folder carries for new tokens; empty where it
   * carries none.
   */
  public static OptionalInt vocabulary(WeightFolder weights, TensorLayout layout) {
    String name = PREFIX + layout.get(Role.TOKEN_EMBEDDING, -1, false).name();
    return weights.contains(name)
        ? OptionalInt.of(Math.toIntExact(weights.tensor(name).spec().shape()[0]))
        : OptionalInt.empty();
  }

  /** Whether an adapter's folder carries embeddings or an output head of its own. */
  public static boolean carriesEmbeddings(WeightFolder weights, TensorLayout layout) {
    return outer(layout).anyMatch(weights::contains);
  }

  private static Stream<String> outer(TensorLayout layout) {
    return layout.all().stream()
        .filter(ref -> ref.role() == Role.TOKEN_EMBEDDING || ref.role() == Role.LM_HEAD)
        .map(ref -> PREFIX + ref.name());
  }

  /** Embeddings belong to the base beneath: it must have been opened with them. */
  private static void embeddings(
      Path folder,
      WeightFolder weights,
      TensorLayout layout,
      boolean openedTogether,
      Set<String> used) {
    if (!openedTogether && carriesEmbeddings(weights, layout)) {
      throw new ModelFormatException(
          "%s carries embeddings or an output head of its own, which the open base has not; open base and adapter together, by the adapter's folder"
              .formatted(folder));
    }
    outer(layout).filter(weights::contains).forEach(used::add);
  }

  private static LoraPair pair(
      Path folder,
      WeightFolder weights,
      String a,
      String b,
      TensorRef ref,
      LoraConfig config,
      NDManager owner,
      Runnable changed) {
    long[] down = weights.tensor(a).spec().shape();
    long[] up = weights.tensor(b).spec().shape();
    if (down.length != 2
        || up.length != 2
        || down[0] != up[1]
        || down[1] != LoraAdapter.inputs(ref)
        || up[0] != LoraAdapter.outputs(ref)) {
      throw new ModelFormatException(
          "%s: %s is %s and %s is %s, but %s of the base model needs (r, %d) and (%d, r). Is this another model's adapter?"
              .formatted(
                  folder.resolve(STEM + ".safetensors"),
                  a,
                  Arrays.toString(down),
                  b,
                  Arrays.toString(up),
                  ref.module(),
                  LoraAdapter.inputs(ref),
                  LoraAdapter.outputs(ref)));
    }
    int rank = Math.toIntExact(down[0]);
    double scale =
        config.rankStabilised() ? config.alpha() / Math.sqrt(rank) : config.alpha() / rank;
    return LoraAdapter.pair(
        owner, ref, rank, scale, weights.readFloats(a), weights.readFloats(b), changed);
  }

  private static void refuseUnused(
      Path folder, Set<String> names, Set<String> used, Map<String, TensorRef> modules) {
    List<String> rest = names.stream().filter(name -> !used.contains(name)).sorted().toList();
    if (!rest.isEmpty() || used.isEmpty()) {
      throw new ModelFormatException(
          "%s: %s; the base model's modules are such as %s. Is this another model's adapter?"
              .formatted(
                  folder.resolve(STEM + ".safetensors"),
                  rest.isEmpty()
                      ? "no LoRA tensor found"
                      : "tensor %s belongs to no adapted module (%d such)"
                          .formatted(rest.get(0), rest.size()),
                  modules.keySet().stream().skip(modules.size() / 2).findFirst().orElse("none")));
    }
  }

  private static JsonNode readJson(Path folder) {
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new ModelFormatException(
          "%s is missing; needed: a PEFT adapter folder with %s and %s.safetensors"
              .formatted(file, CONFIG, STEM));
    }
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new ModelFormatException("%s is not valid JSON: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static LoraConfig config(Path file, JsonNode json) {
    if (!json.path("peft_type").asText().equals("LORA")) {
      throw new ModelFormatException(
          "%s: peft_type is %s; supported: LORA"
              .formatted(file, json.path("peft_type").asText("missing")));
    }
    json.fields()
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
    refuseUnless(file, json, "bias", "none");
    List<String> targets = new ArrayList<>();
    JsonNode modules = json.path("target_modules");
    if (modules.isTextual()) {
      targets.add(modules.asText());
    } else {
      modules.forEach(module -> targets.add(module.asText()));
    }
    try {
      return new LoraConfig(
          json.path("r").asInt(),
          json.path("lora_alpha").asDouble(),
          json.path("lora_dropout").asDouble(0),
          targets,
          json.path("use_rslora").asBoolean(false));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void refuseUnless(Path file, JsonNode json, String key, String value) {
    if (json.has(key) && !json.path(key).asText().equals(value)) {
      throw new ModelFormatException(
          "%s: %s=%s is not supported; needed: %s".formatted(file, key, json.path(key), value));
    }
  }

  /**
   * Writes the adapter into a folder that exists.
   *
   * @param base what {@code base_model_name_or_path} shall say
   * @param fanInFanOut true for bases that store weights (in, out), as GPT-2 does
   * @param embeddings by the base's names, where it has other ones than its folder
   */
  public static void save(
      LoraAdapter adapter,
      Path folder,
      String base,
      boolean fanInFanOut,
      TensorCarrier carrier,
      Map<String, NDArray> embeddings) {
    List<Parameter> parameters = adapter.parameters();
    List<TensorSpec> specs = new ArrayList<>();
    for (Parameter parameter : parameters) {
      specs.add(
          new TensorSpec(parameter.name(), DType.F32, parameter.value().getShape().getShape()));
    }
    HeadPlace place = adapter.place();
    int labels = adapter.head().map(head -> (int) head.value().getShape().get(0)).orElse(0);
    boolean biased = labels > 0 && place.biased();
    if (biased) {
      specs.add(new TensorSpec(place.bias(), DType.F32, new long[] {labels}));
    }
    embeddings.forEach(
        (name, value) ->
            specs.add(new TensorSpec(PREFIX + name, DType.F32, value.getShape().getShape())));
    try (WeightFolderWriter writer =
        WeightFolderWriter.create(folder, STEM, specs, Long.MAX_VALUE)) {
      for (Parameter parameter : parameters) {
        writer.write(parameter.name(), carrier.toBytes(parameter.value(), DType.F32));
      }
      if (biased) {
        writer.write(place.bias(), ByteBuffer.allocate(labels * Float.BYTES));
      }
      embeddings.forEach(
          (name, value) -> writer.write(PREFIX + name, carrier.toBytes(value, DType.F32)));
      writer.finish();
    }
    writeConfig(adapter, folder, base, fanInFanOut);
  }

  private static void writeConfig(
      LoraAdapter adapter, Path folder, String base, boolean fanInFanOut) {
    LoraConfig config = adapter.config();
    ObjectNode json = JSON.createObjectNode();
    json.put("peft_type", "LORA");
    json.put("task_type", adapter.head().isPresent() ? adapter.place().taskType() : "CAUSAL_LM");
    json.put("base_model_name_or_path", base);
    json.put("r", config.rank());
    if (config.alpha() == Math.rint(config.alpha())) {
      json.put("lora_alpha", (long) config.alpha());
    } else {
      json.put("lora_alpha", config.alpha());
    }
    json.put("lora_dropout", config.dropout());
    json.put("bias", "none");
    json.put("fan_in_fan_out", fanInFanOut);
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    json.put("use_rslora", config.rankStabilised());
    json.put("use_dora", false);
    putTargets(json, config.targets());
    if (adapter.head().isPresent()) {
      json.putArray("modules_to_save").add(adapter.place().module());
    }
    try {
      Files.writeString(
          folder.resolve(CONFIG),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + folder.resolve(CONFIG), e);
    }
  }

  private static void putTargets(ObjectNode json, List<String> targets) {
    @Nullable String only = targets.size() == 1 ? targets.get(0) : null;
    if (only != null && (only.equals(LoraConfig.ALL_LINEAR) || !only.matches("[\\w.]+"))) {
      json.put("target_modules", only);
    } else {
      targets.forEach(json.withArray("target_modules")::add);
    }
  }
}
