package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.TensorCarrier;

/** cos and sin of position × inverse frequency (Su et al. 2021), grown on demand: (T, D/2). */
final class RotaryTables {
  private final NDManager manager;
  private final TensorCarrier carrier;
  private final TransformerConfig config;
  private final DType dtype;
  private int length;
  private NDArray cos;
  private NDArray sin;

  RotaryTables(NDManager manager, TensorCarrier carrier, TransformerConfig config, DType dtype) {
    this.manager = manager;
    this.carrier = carrier;
    this.config = config;
    this.dtype = dtype;
    this.cos = manager.create(new Shape(0));
    this.sin = manager.create(new Shape(0));
    grow(256);
  }

  NDArray cos(int positions) {
    grow(positions);
    return cos;
  }

  NDArray sin(int positions) {
    grow(positions);
    return sin;
  }

  private void grow(int positions) {
    if (config.rope().isEmpty() || positions <= length) {
      return;
    }
    length = Math.max(positions, 2 * length);
    float[] frequencies = config.rope().get().inverseFrequencies();
    float[] cosines = new float[length * frequencies.length];
    float[] sines = new float[length * frequencies.length];
    for (int t = 0; t < length; t++) {
      for (int d = 0; d < frequencies.length; d++) {
        // transformers multiplies in float32 before it takes the cosine.
        float angle = t * frequencies[d];
        cosines[t * frequencies.length + d] = (float) Math.cos(angle);
        sines[t * frequencies.length + d] = (float) Math.sin(angle);
      }
    }
    cos.close();
    sin.close();
    cos = table(cosines, frequencies.length);
    sin = table(sines, frequencies.length);
  }

  private NDArray table(float[] values, int width) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(values);
    return carrier.fromBytes(manager, bytes, DType.F32, new long[] {length, width}, dtype);
  }
}
