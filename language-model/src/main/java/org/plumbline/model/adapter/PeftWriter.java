package org.plumbline.model.adapter;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolderWriter;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;

/** Writes PEFT's folders: adapter_config.json and adapter_model.safetensors. */
public final class PeftWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PeftWriter() {}

  /**
   * Writes the adapter into a folder that exists.
   *
   * @throws IllegalArgumentException for a scaled copy, whose scale has no key
   * @param base what the folder shall say of its base
   * @param config the base's sizes
   * @param extra by the names they are saved under, where the adapter has none of that name:
   *     embeddings that are not those of the base's own folder, what virtual tokens' encoder gives
   */
  public static void save(
      Adapter adapter,
      Path folder,
      AdapterBase base,
      TransformerConfig config,
      TensorCarrier carrier,
      Map<String, NDArray> extra) {
    if (adapter.isScaled()) {
      throw new IllegalArgumentException(
          "adapter %s is scaled for use and cannot be saved as it is; combine it with its weight instead"
              .formatted(adapter.name()));
    }
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    List<Parameter> encoded = adapter.virtual().map(VirtualTokens::parameters).orElse(List.of());
    adapter.parameters().stream()
        .filter(parameter -> !encoded.contains(parameter))
        .forEach(parameter -> tensors.put(parameter.name(), parameter.value()));
    RankPattern ranks = RankPattern.of(adapter);
    tensors.replaceAll(ranks::kept);
    extra.forEach(tensors::putIfAbsent);
    List<TensorSpec> specs = new ArrayList<>();
    tensors.forEach(
        (name, value) -> specs.add(new TensorSpec(name, DType.F32, value.getShape().getShape())));
    HeadPlace place = adapter.place();
    int labels = adapter.head().map(head -> (int) head.value().getShape().get(0)).orElse(0);
    boolean biased = labels > 0 && place.biased();
    if (biased) {
      specs.add(new TensorSpec(place.bias(), DType.F32, new long[] {labels}));
    }
    try (WeightFolderWriter writer =
        WeightFolderWriter.create(folder, PeftFolder.STEM, specs, Long.MAX_VALUE)) {
      tensors.forEach((name, value) -> writer.write(name, carrier.toBytes(value, DType.F32)));
      if (biased) {
        writer.write(place.bias(), ByteBuffer.allocate(labels * Float.BYTES));
      }
      writer.finish();
    }
    writeConfig(adapter, folder, base, config, ranks);
  }

  private static void writeConfig(
      Adapter adapter, Path folder, AdapterBase base, TransformerConfig config, RankPattern ranks) {
    ObjectNode json = JSON.createObjectNode();
    json.put("peft_type", adapter.method().peftType());
    json.put("task_type", adapter.head().isPresent() ? adapter.place().taskType() : "CAUSAL_LM");
    base.describe(json);
    json.put("inference_mode", true);
    if (adapter.virtual().isPresent()) {
      boolean cached = adapter.virtual().get().keysAndValues();
      int heads = cached ? config.kvHeads() : config.heads();
      json.put("num_transformer_submodules", 1);
      json.put("num_layers", config.layers());
      json.put("num_attention_heads", heads);
      json.put("token_dim", cached ? heads * config.headDim() : config.hiddenSize());
    } else {
      json.put(
          "fan_in_fan_out",
          TensorLayout.of(config).all().stream().anyMatch(r -> r.transposed() && !r.bias()));
    }
    adapter.method().describe(json);
    if (adapter.method() instanceof Lora lora && !lora.layers().isEmpty()) {
      // PEFT takes layers_to_transform with lists of names alone.
      json.remove("layers_to_transform");
      PeftJson.putTargets(json, adapter.modulesWithMatrices());
    }
    ranks.describe(json);
    List<String> modules = new ArrayList<>(adapter.modules());
    adapter.head().ifPresent(head -> modules.add(adapter.place().module()));
    if (!modules.isEmpty()) {
      modules.forEach(json.putArray(PeftJson.MODULES_TO_SAVE)::add);
    }
    try {
      Files.writeString(
          folder.resolve(PeftJson.NAME),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + folder.resolve(PeftJson.NAME), e);
    }
  }
}
