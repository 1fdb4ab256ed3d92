package org.plumbline.model.quantization;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.TensorCarrier;

/**
 * Packs matrices and unpacks them, value for value as bitsandbytes does. Beside the matrix and its
 * codes, packing needs a few megabytes.
 */
public final class Quantizer implements AutoCloseable {
  /** Values that share a scale, in QLoRA. */
  public static final int DEFAULT_BLOCK = 64;

  /** The block sizes of bitsandbytes. */
  public static final List<Integer> BLOCKS = List.of(32, 64, 128, 256, 512, 1024, 2048, 4096);

  /** Methods that scripts share which unpack weights. */
  public static final String UNPACKING = "/org/plumbline/model/kernels/unpacking.py";

  private final NDManager manager;
  private final KernelScript kernels;
  private final Map<Scheme, Tables> tables = new EnumMap<>(Scheme.class);
  private final NDArray dynamic;
  private final NDArray dynamicBounds;
  private final NDArray empty;

  /** Middles between the levels in ascending order, the code of each level, and the pairs. */
  private record Tables(NDArray bounds, NDArray order, NDArray pairs) {}

  /**
   * Loads the kernels.
   *
   * @param parent on whose device it works; the tables go with it or with {@link #close}
   */
  public Quantizer(NDManager parent) {
    this.manager = parent.newSubManager();
    this.kernels =
        KernelScript.load(
            manager, List.of("/org/plumbline/model/kernels/quantization.py", UNPACKING), Map.of());
    this.dynamic = manager.create(DynamicCode.signed());
    this.dynamicBounds = manager.create(DynamicCode.bounds(DynamicCode.signed()));
    this.empty = manager.create(new Shape(0));
  }

  /**
   * Packs a matrix.
   *
   * @param matrix float32, float16 or bfloat16 (rows, columns), as it multiplies
   * @param block values that share a scale; not read for int8
   * @param doubled true to quantise the scales too; not read for int8
   * @throws IllegalArgumentException for another block size than bitsandbytes has
   * @throws ArithmeticException where the matrix holds what is no number
   */
  public Quantized pack(
      NDManager scope, NDArray matrix, Scheme scheme, int block, boolean doubled) {
    long rows = matrix.getShape().get(0);
    long columns = matrix.getShape().get(1);
    if (!scheme.fourBit()) {
      NDList packed = finite(kernels.call(scope, "pack_rows", matrix));
      return new Quantized(
          scheme, rows, columns, (int) columns, packed.get(0), packed.get(1), empty, empty);
    }
    if (!BLOCKS.contains(block)) {
      throw new IllegalArgumentException(
          "block=%d is no block size of bitsandbytes; needed: one of %s".formatted(block, BLOCKS));
    }
    Tables of = tables(scheme);
    NDList packed =
        finite(kernels.call(scope, "pack_4bit", matrix, of.bounds(), of.order(), block));
    if (!doubled) {
      return new Quantized(
          scheme, rows, columns, block, packed.get(0), packed.get(1), empty, empty);
    }
    try (NDArray scales = packed.get(1)) {
      NDList again = kernels.call(scope, "pack_scales", scales, dynamicBounds);
      return new Quantized(
          scheme, rows, columns, block, packed.get(0), again.get(0), again.get(1), again.get(2));
    }
  }

  private NDList finite(NDList packed) {
    try (NDManager scope = manager.newSubManager()) {
      if (kernels.one(scope, false, "all_finite", packed.get(1)).getFloat() == 0) {
        packed.close();
        throw new ArithmeticException("it holds values that are infinite or no numbers");
      }
    }
    return packed;
  }

  /**
   * The matrix that a packed one stands for.
   *
   * @param dtype F32 or BF16
   * @return (rows, columns), owned by the scope
   */
  public NDArray unpack(NDManager scope, Quantized packed, DType dtype) {
    return kernels.one(
        scope,
        false,
        "unpack",
        packed.arrays(),
        pairs(packed.scheme()),
        dynamic,
        packed.block(),
        packed.rows(),
        packed.columns(),
        TensorCarrier.code(dtype));
  }

  /**
   * {@link #unpack} into an array that is there already, which costs less than a new one.
   *
   * @param out float32 or bfloat16 with rows · columns values, in any shape
   */
  public void unpackInto(NDArray out, Quantized packed) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray flat = out.reshape(-1);
      flat.attach(scope);
      kernels.one(
          scope,
          false,
          "unpack_into",
          flat,
          packed.arrays(),
          pairs(packed.scheme()),
          dynamic,
          packed.block());
    }
  }

  /** (columns, rows) of a matrix, owned by the scope. */
  public NDArray turned(NDManager scope, NDArray matrix) {
    return kernels.one(scope, false, "turned", matrix);
  }

  /** The two values of each byte of codes as one complex number, (256); empty for int8. */
  public NDArray pairs(Scheme scheme) {
    return scheme.fourBit() ? tables(scheme).pairs() : empty;
  }

  /** The 8-bit code of scales, float32 (256). */
  public NDArray dynamic() {
    return dynamic;
  }

  /** float32 scales of a packed matrix's blocks, owned by the scope or the packed matrix. */
  NDArray scales(NDManager scope, Quantized packed) {
    return kernels.one(scope, false, "scales", packed.arrays(), dynamic);
  }

  /** 8-bit codes of any tensor in blocks of 256 (uint8), and the blocks' largest magnitudes. */
  NDList packDynamic(NDManager scope, NDArray values) {
    return kernels.call(scope, "pack_8bit", values, dynamicBounds, Quantized.NESTED_BLOCK);
  }

  /** The float32 values of {@link #packDynamic}. */
  NDArray unpackDynamic(NDManager scope, NDArray codes, NDArray top) {
    return kernels.one(scope, false, "unpack_8bit", codes, top, dynamic, Quantized.NESTED_BLOCK);
  }

  private Tables tables(Scheme scheme) {
    return tables.computeIfAbsent(
        scheme,
        key -> {
          float[] levels = key.levels();
          List<Integer> order =
              IntStream.range(0, levels.length)
                  .boxed()
                  .sorted(Comparator.comparingDouble(i -> levels[i]))
                  .toList();
          float[] ascending = new float[levels.length];
          byte[] codes = new byte[levels.length];
          for (int place = 0; place < levels.length; place++) {
            ascending[place] = levels[order.get(place)];
            codes[place] = order.get(place).byteValue();
          }
          return new Tables(
              manager.create(DynamicCode.bounds(ascending)),
              manager.create(ByteBuffer.wrap(codes), new Shape(codes.length), DataType.UINT8),
              kernels.one(manager, false, "pairs", manager.create(levels)));
        });
  }

  @Override
  public void close() {
    manager.close();
  }
}
