package org.plumbline.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Map;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.HalfFloats;

/** Carries tensors between files, Java arrays and the engine. */
public final class TensorCarrier implements AutoCloseable {
  private final KernelScript kernels;
  private ByteBuffer wide = ByteBuffer.allocateDirect(0);

  /** Loads the kernels on the manager's device. */
  public TensorCarrier(NDManager manager) {
    this.kernels = KernelScript.load(manager, "/org/plumbline/model/kernels/tensors.py", Map.of());
  }

  /** ATen's number of a dtype. */
  public static int code(DType dtype) {
    return switch (dtype) {
      case U8 -> 0;
      case I8 -> 1;
      case I16 -> 2;
      case I32 -> 3;
      case I64 -> 4;
      case F16 -> 5;
      case F32 -> 6;
      case F64 -> 7;
      case BOOL -> 11;
      case BF16 -> 15;
    };
  }

  /**
   * A copy of stored bytes as a tensor.
   *
   * @param bytes direct, little-endian, exactly the tensor's bytes
   * @param dtype dtype of the result, owned by the scope
   */
  public synchronized NDArray fromBytes(
      NDManager scope, ByteBuffer bytes, DType stored, long[] shape, DType dtype) {
    // DJL knows no bfloat16: widen it here, exactly, by its bits.
    boolean brain = stored == DType.BF16;
    ByteBuffer known = brain ? widen(bytes) : bytes;
    try (NDArray raw = scope.create(known, new Shape(shape), djl(brain ? DType.F32 : stored))) {
      return kernels.one(scope, false, "take", raw, code(dtype));
    }
  }

  /** A matrix to be filled by {@link #place}, owned by the scope. */
  public NDArray unfilled(NDManager scope, long rows, long columns, DType dtype) {
    try (NDArray like = scope.create(0f)) {
      return kernels.one(scope, false, "unfilled", like, rows, columns, code(dtype));
    }
  }

  /** Writes rows of a matrix from row {@code start} on. */
  public void place(NDArray matrix, NDArray rows, long start) {
    try (NDManager scope = matrix.getManager().newSubManager()) {
      kernels.one(scope, false, "place_rows", matrix, rows, start);
    }
  }

  private static DataType djl(DType dtype) {
    return switch (dtype) {
      case F32 -> DataType.FLOAT32;
      case F16 -> DataType.FLOAT16;
      case F64 -> DataType.FLOAT64;
      case I64 -> DataType.INT64;
      case I32 -> DataType.INT32;
      case I8 -> DataType.INT8;
      case U8 -> DataType.UINT8;
      default -> throw new IllegalArgumentException("no weights are kept as " + dtype.torchName());
    };
  }

  /** In a buffer that is used again: the engine takes a copy. */
  private ByteBuffer widen(ByteBuffer bfloat16) {
    int size = bfloat16.remaining() * 2;
    if (wide.capacity() < size) {
      wide = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    }
    wide.clear();
    ShortBuffer source = bfloat16.slice().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    while (source.hasRemaining()) {
      wide.putInt(source.get() << 16);
    }
    return wide.flip().slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The tensor's bytes in the dtype given (F32, F16 or BF16, rounded to nearest), little-endian.
   */
  public ByteBuffer toBytes(NDArray tensor, DType stored) {
    ByteBuffer floats;
    try (NDManager scope = tensor.getManager().newSubManager()) {
      NDArray rounded = kernels.one(scope, false, "rounded", tensor, code(stored));
      floats = rounded.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
    if (stored == DType.F32) {
      return floats;
    }
    ByteBuffer half = ByteBuffer.allocate(floats.remaining() / 2).order(ByteOrder.LITTLE_ENDIAN);
    while (floats.hasRemaining()) {
      int bits = floats.getInt();
      half.putShort(
          stored == DType.BF16
              ? (short) (bits >>> 16)
              : HalfFloats.toFloat16(Float.intBitsToFloat(bits)));
    }
    return half.flip();
  }

  /** The values as float32 in row-major order, whatever the tensor's dtype. */
  public float[] floats(NDArray tensor) {
    float[] values = new float[Math.toIntExact(tensor.getShape().size())];
    toBytes(tensor, DType.F32).asFloatBuffer().get(values);
    return values;
  }

  /** Overwrites a tensor in place. */
  public void write(NDArray into, float[] values) {
    try (NDManager scope = into.getManager().newSubManager()) {
      NDArray source = scope.create(values, into.getShape());
      kernels.one(scope, false, "copy", into, source);
    }
  }

  /** Overwrites a tensor in place from another of the same shape. */
  public void copy(NDArray into, NDArray source) {
    try (NDManager scope = into.getManager().newSubManager()) {
      kernels.one(scope, false, "copy", into, source);
    }
  }

  /** into += more, tensor by tensor. */
  public void add(List<NDArray> into, List<NDArray> more) {
    if (!into.isEmpty()) {
      try (NDManager scope = into.get(0).getManager().newSubManager()) {
        kernels.one(scope, false, "add_lists", into, more);
      }
    }
  }

  /** Zeros of the same shapes, float32. */
  public List<NDArray> zerosLike(NDManager owner, List<NDArray> like) {
    return like.isEmpty() ? List.of() : List.copyOf(kernels.call(owner, "zeros_like", like));
  }

  /** Sum of squares of each tensor, in float64. */
  public double[] squareSums(List<NDArray> tensors) {
    if (tensors.isEmpty()) {
      return new double[0];
    }
    try (NDManager scope = tensors.get(0).getManager().newSubManager()) {
      return kernels.one(scope, false, "square_sums", tensors).toDoubleArray();
    }
  }

  /** Multiplies each tensor in place. */
  public void scale(List<NDArray> tensors, double factor) {
    if (!tensors.isEmpty()) {
      try (NDManager scope = tensors.get(0).getManager().newSubManager()) {
        kernels.one(scope, false, "scale", tensors, factor);
      }
    }
  }

  /** Seeds the engine's own generator, which only dropout uses. */
  public void seed(NDManager manager, long seed) {
    try (NDManager scope = manager.newSubManager()) {
      kernels.one(scope, false, "seed", scope.create(0f), seed);
    }
  }

  @Override
  public void close() {
    kernels.close();
  }
}
