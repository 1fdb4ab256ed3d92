package org.plumbline.model.quantization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorInfo;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.TensorCarrier;

/** Reads packed weights of a folder as bitsandbytes and transformers write them. */
public final class QuantizedFolder {
  private static final float CODE_TOLERANCE = 1e-6f;

  private final WeightFolder weights;
  private final TensorCarrier carrier;

  /** Of an open folder; both stay the caller's. */
  public QuantizedFolder(WeightFolder weights, TensorCarrier carrier) {
    this.weights = weights;
    this.carrier = carrier;
  }

  /**
   * How a weight is packed, without reading it; empty for one that is stored as floats.
   *
   * @throws ModelFormatException naming the tensor that is missing or of the wrong size
   */
  public static Optional<PackedWeight> find(WeightFolder weights, String name) {
    if (!weights.contains(name)
        || weights.tensor(name).dtype().isFloat() && !packed(weights, name)) {
      return Optional.empty();
    }
    Optional<Scheme> fourBit =
        Stream.of(Scheme.NF4, Scheme.FP4)
            .filter(s -> weights.contains(name + "." + PackedWeight.stateName(s)))
            .findFirst();
    if (fourBit.isPresent()) {
      return Optional.of(fourBit(weights, name, fourBit.get()));
    }
    if (packed(weights, name)) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" has no %s.%s (nor __fp4) beside its absmax; bitsandbytes before 0.41 left it out. Quantise the model anew"
              .formatted(weights.fileOf(name), name, name, PackedWeight.stateName(Scheme.NF4)));
    }
    return weights.tensor(name).dtype() == DType.I8
            && weights.contains(PackedWeight.sibling(name, "SCB"))
        ? Optional.of(int8(weights, name))
        : Optional.empty();
  }

  private static boolean packed(WeightFolder weights, String name) {
    return weights.contains(name + ".absmax");
  }

  private static PackedWeight fourBit(WeightFolder weights, String name, Scheme scheme) {
    JsonNode state = state(weights, name + "." + PackedWeight.stateName(scheme));
    int block = state.path("blocksize").asInt();
    JsonNode shape = state.path("shape");
    boolean doubled = state.has("nested_offset");
    if (!Quantizer.BLOCKS.contains(block) || shape.size() != 2) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" has blocksize=%d and shape=%s; needed: a block of %s and two axes"
              .formatted(weights.fileOf(name), name, block, shape, Quantizer.BLOCKS));
    }
    if (doubled && state.path("nested_blocksize").asInt() != Quantized.NESTED_BLOCK) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" has nested_blocksize=%s; needed: %d"
              .formatted(
                  weights.fileOf(name),
                  name,
                  state.path("nested_blocksize"),
                  Quantized.NESTED_BLOCK));
    }
    DType original = DType.ofTorchName(state.path("dtype").asText("float32"));
    PackedWeight packed =
        new PackedWeight(
            name, scheme, shape.get(0).asLong(), shape.get(1).asLong(), original, block, doubled);
    requireBytes(weights, name, packed.codeBytes());
    requireBytes(weights, packed.part("absmax"), packed.blocks() * (doubled ? 1 : Float.BYTES));
    requireCode(weights, packed.part("quant_map"), scheme.levels());
    if (doubled) {
      requireBytes(weights, packed.part("nested_absmax"), packed.nestedBlocks() * Float.BYTES);
      requireCode(weights, packed.part("nested_quant_map"), DynamicCode.signed());
    }
    return packed;
  }

  private static PackedWeight int8(WeightFolder weights, String name) {
    long[] shape = weights.tensor(name).shape();
    String format = PackedWeight.sibling(name, "weight_format");
    if (weights.contains(format) && weights.read(format).get(0) != 0) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" is not 0; only int8 weights in rows are read. Quantise the model anew"
              .formatted(weights.fileOf(format), format));
    }
    if (shape.length != 2) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" has shape %s; an int8 weight has two axes"
              .formatted(weights.fileOf(name), name, Arrays.toString(shape)));
    }
    requireBytes(weights, PackedWeight.sibling(name, "SCB"), shape[0] * Float.BYTES);
    return new PackedWeight(name, Scheme.INT8, shape[0], shape[1], DType.F32, 0, false);
  }

  private static JsonNode state(WeightFolder weights, String name) {
    String text = StandardCharsets.UTF_8.decode(weights.read(name)).toString();
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" holds no JSON: %s"
              .formatted(weights.fileOf(name), name, e.getOriginalMessage()),
          e);
    }
  }

  private static void requireBytes(WeightFolder weights, String name, long bytes) {
    TensorInfo found = weights.tensor(name);
    if (found.bytes() != bytes) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" has %d bytes, %d are needed. Files of two models?"
              .formatted(weights.fileOf(name), name, found.bytes(), bytes));
    }
  }

  private static void requireCode(WeightFolder weights, String name, float[] code) {
    float[] found = weights.readFloats(name);
    boolean same = found.length == code.length;
    for (int i = 0; same && i < code.length; i++) {
      same = Math.abs(found[i] - code[i]) <= CODE_TOLERANCE;
    }
    if (!same) {
      throw new ModelFormatException(
          "%s: tensor \"%s\" lists other levels than bitsandbytes has; such a code is not read"
              .formatted(weights.fileOf(name), name));
    }
  }

  /**
   * A weight as it is packed; empty for one that is stored as floats.
   *
   * @return arrays owned by the scope
   */
  public Optional<Quantized> packed(NDManager scope, String name) {
    return find(weights, name).map(weight -> read(scope, weight));
  }

  /**
   * A packed weight's values; empty for one that is stored as floats.
   *
   * @param dtype of the result, F32 or BF16
   * @param transposed true for (columns, rows), as families with [in, out] keep their floats
   * @return owned by the scope
   */
  public Optional<NDArray> unpacked(NDManager scope, String name, DType dtype, boolean transposed) {
    Optional<PackedWeight> found = find(weights, name);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (NDManager temporary = scope.newSubManager();
        Quantizer quantizer = new Quantizer(temporary)) {
      Quantized packed = read(temporary, found.get());
      NDManager owner = transposed ? temporary : scope;
      NDArray matrix = quantizer.unpack(owner, packed, dtype);
      return Optional.of(transposed ? quantizer.turned(scope, matrix) : matrix);
    }
  }

  private Quantized read(NDManager scope, PackedWeight weight) {
    NDArray none = scope.create(new Shape(0));
    if (!weight.scheme().fourBit()) {
      return new Quantized(
          weight.scheme(),
          weight.rows(),
          weight.columns(),
          (int) weight.columns(),
          raw(scope, weight.name(), DType.I8, weight.rows(), weight.columns()),
          raw(scope, weight.sibling("SCB"), DType.F32, weight.rows()),
          none,
          none);
    }
    boolean doubled = weight.doubled();
    DType scales = doubled ? DType.U8 : DType.F32;
    return new Quantized(
        weight.scheme(),
        weight.rows(),
        weight.columns(),
        weight.block(),
        raw(scope, weight.name(), DType.U8, weight.codeBytes()),
        raw(scope, weight.part("absmax"), scales, weight.blocks()),
        doubled ? raw(scope, weight.part("nested_absmax"), DType.F32, weight.nestedBlocks()) : none,
        doubled ? scope.create(new float[] {offset(weight)}) : none);
  }

  private float offset(PackedWeight weight) {
    String name = weight.part(PackedWeight.stateName(weight.scheme()));
    return (float) state(weights, name).path("nested_offset").asDouble();
  }

  /** A tensor's bytes, whatever dtype they are stored as (bitsandbytes may call codes bfloat16). */
  private NDArray raw(NDManager scope, String name, DType dtype, long... shape) {
    ByteBuffer bytes = weights.read(name);
    return carrier.fromBytes(scope, bytes, dtype, shape, dtype);
  }
}
