package org.plumbline.model.quantization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;

/**
 * Which tensors a packed weight is stored in, under the names and in the layout of bitsandbytes'
 * {@code Linear4bit} and {@code Linear8bitLt}.
 *
 * @param name of the weight, such as {@code model.layers.0.mlp.up_proj.weight}
 * @param rows of the matrix as it multiplies: outputs
 * @param original dtype that the weight had
 * @param block values that share a scale; 0 for int8
 * @param doubled true where the scales are quantised too
 */
public record PackedWeight(
    String name,
    Scheme scheme,
    long rows,
    long columns,
    DType original,
    int block,
    boolean doubled) {
  private static final Pattern PART =
      Pattern.compile(
          ".*\\.weight\\.((nested_)?(absmax|quant_map)|quant_state\\.bitsandbytes__.*)"
              + "|.*\\.(SCB|weight_format)");

  /** Takes one stored tensor. */
  @FunctionalInterface
  public interface Sink {
    /** Called once for each tensor, with its bytes, little-endian. */
    void tensor(String name, ByteBuffer data) throws IOException;
  }

  /** True for a tensor that only says how another is packed. */
  public static boolean isPart(String name) {
    return PART.matcher(name).matches();
  }

  /** What {@link #write} will write. */
  public List<TensorSpec> specs() {
    List<TensorSpec> specs = new ArrayList<>();
    if (!scheme.fourBit()) {
      specs.add(new TensorSpec(name, DType.I8, rows, columns));
      specs.add(new TensorSpec(sibling("SCB"), DType.F32, rows));
      specs.add(new TensorSpec(sibling("weight_format"), DType.U8));
      return specs;
    }
    specs.add(new TensorSpec(name, DType.U8, codeBytes(), 1));
    specs.add(new TensorSpec(part("absmax"), doubled ? DType.U8 : DType.F32, blocks()));
    specs.add(new TensorSpec(part("quant_map"), DType.F32, scheme.levels().length));
    if (doubled) {
      specs.add(new TensorSpec(part("nested_absmax"), DType.F32, nestedBlocks()));
      specs.add(new TensorSpec(part("nested_quant_map"), DType.F32, DynamicCode.signed().length));
    }
    specs.add(new TensorSpec(part(stateName(scheme)), DType.U8, state(0).length));
    return specs;
  }

  /** Gives all tensors of {@link #specs()} to the sink. */
  public void write(Quantized packed, Sink sink) throws IOException {
    sink.tensor(name, bytes(packed.codes()));
    if (!scheme.fourBit()) {
      sink.tensor(sibling("SCB"), bytes(packed.scales()));
      sink.tensor(sibling("weight_format"), ByteBuffer.allocate(1)); // 0: rows
      return;
    }
    sink.tensor(part("absmax"), bytes(packed.scales()));
    sink.tensor(part("quant_map"), bytes(scheme.levels()));
    if (doubled) {
      sink.tensor(part("nested_absmax"), bytes(packed.nested()));
      sink.tensor(part("nested_quant_map"), bytes(DynamicCode.signed()));
    }
    float offset = doubled ? packed.offset().getFloat() : 0;
    sink.tensor(part(stateName(scheme)), ByteBuffer.wrap(state(offset)));
  }

  /**
   * The JSON that bitsandbytes keeps as bytes. Its length does not depend on the offset, as tensors
   * are laid out before they are computed; nine digits give back every float32.
   */
  private byte[] state(float offset) {
    StringBuilder json = new StringBuilder();
    json.append(
        String.format(
            Locale.ROOT,
            "{\"quant_type\": \"%s\", \"blocksize\": %d, \"dtype\": \"%s\", \"shape\": [%d, %d]",
            scheme.label(),
            block,
            original.torchName(),
            rows,
            columns));
    if (doubled) {
      json.append(
          String.format(
              Locale.ROOT,
              ", \"nested_blocksize\": %d, \"nested_dtype\": \"float32\", \"nested_offset\": %.8e",
              Quantized.NESTED_BLOCK,
              offset));
    }
    return json.append('}').toString().getBytes(StandardCharsets.US_ASCII);
  }

  static String stateName(Scheme scheme) {
    return "quant_state.bitsandbytes__" + scheme.label();
  }

  /** Name of a tensor that stands under the weight's own. */
  String part(String suffix) {
    return name + "." + suffix;
  }

  /** Name of a tensor that stands beside the weight. */
  String sibling(String suffix) {
    return sibling(name, suffix);
  }

  static String sibling(String weight, String suffix) {
    return weight.substring(0, weight.lastIndexOf('.') + 1) + suffix;
  }

  long codeBytes() {
    return (rows * columns + 1) / 2;
  }

  long blocks() {
    return (rows * columns + block - 1) / block;
  }

  long nestedBlocks() {
    return (blocks() + Quantized.NESTED_BLOCK - 1) / Quantized.NESTED_BLOCK;
  }

  private static ByteBuffer bytes(NDArray array) {
    try (NDManager scope = array.getManager().newSubManager()) {
      NDArray copy = array.toDevice(ai.djl.Device.cpu(), false);
      if (copy != array) {
        copy.attach(scope);
      }
      return copy.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static ByteBuffer bytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
