package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.plumbline.model.config.Resolved;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.quantization.Quantized;
import org.plumbline.model.quantization.QuantizedFolder;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorInfo;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.model.tensor.TensorCarrier;

/** Where a base model's weights come from: a folder, or a random start. */
interface TensorSource {
  /** Read at once. */
  int CHUNK_BYTES = 1 << 24;

  /** One tensor in its stored shape, in the dtype asked for, owned by the scope. */
  NDArray read(NDManager scope, TensorRef ref, DType dtype);

  /** One weight as it is packed, owned by the scope; empty where it is stored as floats. */
  default Optional<Quantized> packed(NDManager scope, TensorRef ref) {
    return Optional.empty();
  }

  /** A source that reads floats in another way and packed weights as this one does. */
  default TensorSource reading(TensorSource floats) {
    TensorSource below = this;
    return new TensorSource() {
      @Override
      public NDArray read(NDManager scope, TensorRef ref, DType dtype) {
        return floats.read(scope, ref, dtype);
      }

      @Override
      public Optional<Quantized> packed(NDManager scope, TensorRef ref) {
        return below.packed(scope, ref);
      }
    };
  }

  /** Streams tensors from safetensors through one reused buffer; packed ones are unpacked. */
  static TensorSource folder(WeightFolder weights, Resolved resolved, TensorCarrier carrier) {
    QuantizedFolder packed = new QuantizedFolder(weights, carrier);
    return new TensorSource() {
      private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

      @Override
      public NDArray read(NDManager scope, TensorRef ref, DType dtype) {
        String name = Objects.requireNonNull(resolved.stored().get(ref), ref.name());
        Optional<NDArray> unpacked = packed.unpacked(scope, name, dtype, ref.transposed());
        if (unpacked.isPresent()) {
          return unpacked.get();
        }
        TensorInfo info = weights.tensor(name);
        if (info.bytes() > CHUNK_BYTES && info.shape().length == 2) {
          return inChunks(scope, info, dtype);
        }
        buffer = weights.read(name, buffer);
        ByteBuffer bytes = buffer.slice().order(buffer.order());
        return carrier.fromBytes(scope, bytes, info.dtype(), info.spec().shape(), dtype);
      }

      /** A few rows at a time: direct buffers stay as long as the collector lets them. */
      private NDArray inChunks(NDManager scope, TensorInfo info, DType dtype) {
        long rows = info.shape()[0];
        long columns = info.shape()[1];
        long rowBytes = columns * info.dtype().bytes();
        int step = (int) Math.max(1, Math.min(rows, CHUNK_BYTES / rowBytes));
        if (buffer.capacity() < step * rowBytes) {
          buffer =
              ByteBuffer.allocateDirect(Math.toIntExact(step * rowBytes))
                  .order(ByteOrder.LITTLE_ENDIAN);
        }
        NDArray matrix = carrier.unfilled(scope, rows, columns, dtype);
        for (long row = 0; row < rows; row += step) {
          long count = Math.min(step, rows - row);
          buffer.clear().limit((int) (count * rowBytes));
          weights.readChunk(info.name(), row * rowBytes, buffer);
          buffer.flip();
          ByteBuffer bytes = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
          try (NDManager temporary = scope.newSubManager()) {
            long[] shape = {count, columns};
            carrier.place(
                matrix, carrier.fromBytes(temporary, bytes, info.dtype(), shape, dtype), row);
          }
        }
        return matrix;
      }

      @Override
      public Optional<Quantized> packed(NDManager scope, TensorRef ref) {
        String name = resolved.stored().get(ref);
        return name == null ? Optional.empty() : packed.packed(scope, name);
      }
    };
  }

  /**
   * A source whose embeddings and output head have more rows: the new ones are the mean of the old,
   * so that new tokens start as likely as an average one (Hewitt 2021).
   *
   * @param stored layout of the source, with the fewer rows
   */
  static TensorSource grown(TensorSource source, TensorLayout stored, TensorCarrier carrier) {
    return source.reading(
        (scope, ref, dtype) -> {
          TensorRef old =
              ref.layer() < 0 ? stored.find(ref.role(), ref.layer(), ref.bias()).orElse(ref) : ref;
          if (old.shape().equals(ref.shape())) {
            return source.read(scope, old, dtype);
          }
          try (NDManager temporary = scope.newSubManager()) {
            NDArray rows = source.read(temporary, old, DType.F32);
            NDArray mean = rows.mean(new int[] {0}, true);
            NDArray more = mean.repeat(0, ref.shape().get(0) - old.shape().get(0));
            long[] shape = ref.shape().stream().mapToLong(Long::longValue).toArray();
            ByteBuffer bytes = carrier.toBytes(rows.concat(more), DType.F32);
            return carrier.fromBytes(scope, bytes, DType.F32, shape, dtype);
          }
        });
  }

  /**
   * The usual start (GPT-2, Llama): matrices ~ N(0, 0.02), norm weights 1, biases 0. A scalar head
   * starts at N(0, 1/(H+1)), as reward models do (Huang et al. 2024).
   */
  static TensorSource random(long seed, TransformerConfig config, TensorCarrier carrier) {
    float norms = config.norm().aroundOne() ? 0f : 1f;
    return (scope, ref, dtype) -> {
      long[] shape = ref.shape().stream().mapToLong(Long::longValue).toArray();
      int size = 1;
      for (long axis : shape) {
        size = Math.multiplyExact(size, Math.toIntExact(axis));
      }
      float[] values = new float[size];
      if (ref.role().isNorm() && !ref.bias()) {
        Arrays.fill(values, norms);
      } else if (!ref.bias()) {
        double deviation =
            ref.role() == Role.SCORE ? 1 / Math.sqrt(shape[shape.length - 1] + 1.0) : 0.02;
        SplittableRandom random =
            new SplittableRandom(seed ^ ref.name().hashCode() * 0x9E3779B97F4A7C15L);
        Gaussians.fill(values, deviation, random);
      }
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(size * Float.BYTES).order(ByteOrder.nativeOrder());
      bytes.asFloatBuffer().put(values);
      return carrier.fromBytes(scope, bytes, DType.F32, shape, dtype);
    };
  }
}
