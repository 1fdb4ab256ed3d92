package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.Resolved;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.quantization.PackedWeight;
import org.plumbline.model.quantization.Quantized;
import org.plumbline.model.quantization.Quantizer;
import org.plumbline.model.quantization.Scheme;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorInfo;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFingerprint;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.safetensors.WeightFolderWriter;
import org.plumbline.model.tensor.TensorCarrier;

/**
 * Writes a model folder again with the linear layers packed, tensor by tensor, in the layout of
 * transformers with bitsandbytes. Embeddings, norms, routers, output heads and whatever else the
 * folder holds stay byte for byte as they are.
 */
public final class ModelQuantizer {
  private static final Set<Role> PACKED =
      Set.of(
          Role.QUERY,
          Role.KEY,
          Role.VALUE,
          Role.QUERY_KEY_VALUE,
          Role.GROUPED_QUERY_KEY_VALUE,
          Role.ATTENTION_OUTPUT,
          Role.GATE_UP,
          Role.GATE,
          Role.UP,
          Role.DOWN,
          Role.EXPERT_GATE,
          Role.EXPERT_UP,
          Role.EXPERT_DOWN);

  /** Linear layers that bitsandbytes would pack, were it not told otherwise. */
  private static final Set<Role> LEFT =
      Set.of(Role.ROUTER, Role.HEAD_TRANSFORM, Role.POOLER, Role.LM_HEAD, Role.SCORE);

  private static final int CHUNK_BYTES = 1 << 24;

  private final NDManager manager;
  private final TensorCarrier carrier;
  private final Quantizer quantizer;
  private final Scheme scheme;
  private final boolean doubled;

  /**
   * What was written.
   *
   * @param packed number of packed weights
   * @param bytesBefore of all tensors
   * @param bytesAfter of all tensors
   */
  public record Result(int packed, long bytesBefore, long bytesAfter) {}

  /** Is told of progress. */
  @FunctionalInterface
  public interface Watcher {
    /** After each tensor: bytes read so far, of all bytes, and the tensor's name. */
    void at(long done, long total, String tensor);
  }

  /**
   * Prepares one way of packing.
   *
   * @param manager on whose device it works
   * @param carrier of that manager
   * @param doubled true to quantise the scales of 4-bit weights too
   */
  public ModelQuantizer(
      NDManager manager,
      TensorCarrier carrier,
      Quantizer quantizer,
      Scheme scheme,
      boolean doubled) {
    this.manager = manager;
    this.carrier = carrier;
    this.quantizer = quantizer;
    this.scheme = scheme;
    this.doubled = doubled;
  }

  /**
   * The config of a folder that can be packed.
   *
   * @throws ModelFormatException where its weights are packed already
   */
  public static TransformerConfig source(Path folder) {
    TransformerConfig config = TransformerConfig.read(folder);
    if (config.quantized()) {
      throw new ModelFormatException(
          "%s is quantised already (quantization_config in config.json); quantise the folder that it was made from"
              .formatted(folder));
    }
    return config;
  }

  /**
   * Writes {@code config.json} and the weights.
   *
   * @param target an existing folder
   */
  public Result write(Path source, Path target, Watcher watcher) throws IOException {
    TransformerConfig config = source(source);
    TensorLayout layout = TensorLayout.of(config);
    try (WeightFolder weights = WeightFolder.open(source)) {
      Map<String, TensorRef> chosen = new LinkedHashMap<>();
      Resolved found = layout.verify(weights);
      found.stored().forEach((ref, name) -> choose(chosen, ref, name));
      TensorSource floats = TensorSource.folder(weights, found, carrier);
      List<TensorSpec> specs = new ArrayList<>();
      long before = 0;
      for (String name : weights.names()) {
        TensorInfo info = weights.tensor(name);
        before += info.bytes();
        TensorRef ref = chosen.get(name);
        specs.addAll(ref == null ? List.of(info.spec()) : plan(info, ref).specs());
      }
      long done = 0;
      try (WeightFolderWriter writer = WeightFolderWriter.create(target, specs)) {
        for (String name : weights.names()) {
          TensorRef ref = chosen.get(name);
          if (ref == null) {
            copy(weights, name, writer);
          } else {
            pack(weights, name, ref, floats, writer);
          }
          done += weights.tensor(name).bytes();
          watcher.at(done, before, name);
        }
        writer.finish();
      }
      String sha256 = WeightFingerprint.of(weights);
      config.withQuantization(describe(config, layout), sha256).write(target);
      return new Result(chosen.size(), before, specs.stream().mapToLong(TensorSpec::bytes).sum());
    }
  }

  private static void choose(Map<String, TensorRef> chosen, TensorRef ref, String name) {
    if (PACKED.contains(ref.role()) && !ref.bias()) {
      chosen.put(name, ref);
    }
  }

  private PackedWeight plan(TensorInfo info, TensorRef ref) {
    List<Long> shape = ref.shape();
    long rows = shape.get(ref.transposed() ? 1 : 0);
    long columns = shape.get(ref.transposed() ? 0 : 1);
    boolean four = scheme.fourBit();
    return new PackedWeight(
        info.name(),
        scheme,
        rows,
        columns,
        info.dtype() == DType.F64 ? DType.F32 : info.dtype(),
        four ? Quantizer.DEFAULT_BLOCK : 0,
        four && doubled);
  }

  private void pack(
      WeightFolder weights,
      String name,
      TensorRef ref,
      TensorSource floats,
      WeightFolderWriter writer)
      throws IOException {
    PackedWeight plan = plan(weights.tensor(name), ref);
    try (NDManager scope = manager.newSubManager()) {
      NDArray stored = floats.read(scope, ref, plan.original());
      NDArray matrix = ref.transposed() ? quantizer.turned(scope, stored) : stored;
      Quantized packed =
          quantizer.pack(scope, matrix, scheme, Quantizer.DEFAULT_BLOCK, plan.doubled());
      plan.write(packed, writer::write);
    } catch (ArithmeticException e) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" cannot be quantised: %s"
              .formatted(weights.fileOf(name), name, e.getMessage()),
          e);
    }
  }

  private static void copy(WeightFolder weights, String name, WeightFolderWriter writer) {
    long bytes = weights.tensor(name).bytes();
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(bytes, CHUNK_BYTES));
    for (long at = 0; at < bytes; at += buffer.capacity()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - at));
      weights.readChunk(name, at, buffer);
      writer.write(name, buffer.flip());
    }
  }

  /** {@code quantization_config} as transformers' BitsAndBytesConfig writes it. */
  private ObjectNode describe(TransformerConfig config, TensorLayout layout) {
    boolean four = scheme.fourBit();
    ObjectNode json = JsonFiles.object();
    json.put("_load_in_4bit", four);
    json.put("_load_in_8bit", !four);
    json.put(
        "bnb_4bit_compute_dtype",
        config.dtype() == DType.F64 ? "float32" : config.dtype().torchName());
    json.put("bnb_4bit_quant_storage", "uint8");
    json.put("bnb_4bit_quant_type", four ? scheme.label() : "fp4");
    json.put("bnb_4bit_use_double_quant", four && doubled);
    json.put("llm_int8_enable_fp32_cpu_offload", false);
    json.put("llm_int8_has_fp16_weight", false);
    List<String> left = left(config, layout);
    if (left.isEmpty()) {
      json.putNull("llm_int8_skip_modules");
    } else {
      ArrayNode names = json.putArray("llm_int8_skip_modules");
      left.forEach(names::add);
    }
    json.put("llm_int8_threshold", 6.0);
    json.put("load_in_4bit", four);
    json.put("load_in_8bit", !four);
    json.put("quant_method", "bitsandbytes");
    return json;
  }

  /**
   * Modules that transformers must be told to leave alone; none where it leaves them by itself: the
   * output head and the last module. In a layer the last part of the name stands for all layers.
   */
  private static List<String> left(TransformerConfig config, TensorLayout layout) {
    Set<String> names = new LinkedHashSet<>();
    boolean only = true;
    for (TensorRef ref : layout.all()) {
      if (LEFT.contains(ref.role()) && !ref.bias()) {
        String module = ref.module();
        names.add(ref.layer() < 0 ? module : module.substring(module.lastIndexOf('.') + 1));
        only &= ref.role() == Role.LM_HEAD || ref.role() == Role.SCORE;
      }
    }
    if (only) {
      return List.of();
    }
    if (config.head() == Head.LANGUAGE_MODEL) {
      names.add("lm_head");
    } else if (config.head() == Head.MASKED_LANGUAGE_MODEL) {
      names.add("cls.predictions.decoder");
    }
    return List.copyOf(names);
  }
}
