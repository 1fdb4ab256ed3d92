package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.model.config.Rope;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.TensorCarrier;

/**
 * cos and sin of position × inverse frequency (Su et al. 2021): (T, D/2). Tables grow on demand and
 * old ones stay, as lanes may still use them; scalings whose frequencies follow the length make
 * theirs call by call.
 */
final class RotaryTables {
  /** Of short and of long sequences; a higher regime is a length. */
  private static final int KEPT_REGIMES = 2;

  private final NDManager manager;
  private final KernelScript kernels;
  private final TensorCarrier carrier;
  private final Optional<Rope> rope;
  private final DType dtype;
  private final NDArray empty;
  private final Map<Integer, Table> kept = new HashMap<>();

  private record Table(int length, NDArray cos, NDArray sin) {}

  RotaryTables(
      NDManager manager,
      KernelScript kernels,
      TensorCarrier carrier,
      Optional<Rope> rope,
      DType dtype) {
    this.manager = manager;
    this.kernels = kernels;
    this.carrier = carrier;
    this.rope = rope;
    this.dtype = dtype;
    this.empty = manager.create(new Shape(0));
  }

  /**
   * Tables for sequences that may differ in regime: each sequence reads from its own offset on.
   *
   * @param offsets one per sequence, to be added to its positions
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  record Turns(NDArray cos, NDArray sin, long[] offsets) {}

  /**
   * Cosines and sines for sequences of these lengths. What a sequence gets depends on its own
   * length alone, never on its neighbours'.
   *
   * @param scope owns what is made for this call alone
   */
  synchronized Turns of(int[] lengths, NDManager scope) {
    long[] offsets = new long[lengths.length];
    if (rope.isEmpty()) {
      return new Turns(empty, empty, offsets);
    }
    Map<Integer, Integer> longest = new LinkedHashMap<>();
    for (int length : lengths) {
      longest.merge(rope.get().regime(length), length, Math::max);
    }
    Map<Integer, Long> starts = new HashMap<>();
    List<NDArray> cosines = new ArrayList<>();
    List<NDArray> sines = new ArrayList<>();
    long rows = 0;
    for (Map.Entry<Integer, Integer> entry : longest.entrySet()) {
      Table table = table(entry.getKey(), entry.getValue(), scope);
      starts.put(entry.getKey(), rows);
      rows += table.length();
      cosines.add(table.cos());
      sines.add(table.sin());
    }
    Arrays.setAll(offsets, i -> starts.get(rope.get().regime(lengths[i])));
    return cosines.size() == 1
        ? new Turns(cosines.get(0), sines.get(0), offsets)
        : new Turns(joined(cosines, scope), joined(sines, scope), offsets);
  }

  private NDArray joined(List<NDArray> tables, NDManager scope) {
    return kernels.one(scope, false, "join_rows", tables);
  }

  private Table table(int regime, int length, NDManager scope) {
    Rope found = rope.orElseThrow();
    if (regime >= KEPT_REGIMES) {
      return make(scope, found, length, length);
    }
    Table table = kept.get(regime);
    if (table == null || table.length() < length) {
      int rows = Math.max(length, table == null ? 256 : 2 * table.length());
      table = make(manager, found, length, rows);
      kept.put(regime, table);
    }
    return table;
  }

  private Table make(NDManager owner, Rope made, int length, int rows) {
    float[] frequencies = made.inverseFrequencies(length);
    float magnitude = (float) made.magnitude();
    float[] cosines = new float[rows * frequencies.length];
    float[] sines = new float[rows * frequencies.length];
    for (int t = 0; t < rows; t++) {
      for (int d = 0; d < frequencies.length; d++) {
        // transformers multiplies in float32 before it takes the cosine.
        float angle = t * frequencies[d];
        cosines[t * frequencies.length + d] = (float) Math.cos(angle) * magnitude;
        sines[t * frequencies.length + d] = (float) Math.sin(angle) * magnitude;
      }
    }
    return new Table(
        rows, table(owner, cosines, frequencies.length), table(owner, sines, frequencies.length));
  }

  private NDArray table(NDManager owner, float[] values, int width) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(values);
    return carrier.fromBytes(
        owner, bytes, DType.F32, new long[] {values.length / width, width}, dtype);
  }
}
