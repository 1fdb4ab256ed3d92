package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Matrices without rows or columns, and factors of 1, for modules that no adapter tunes. */
final class ZeroRanks {
  private final NDManager manager;
  private final Map<Long, NDArray> absent = new ConcurrentHashMap<>();
  private final Map<Integer, NDArray> ones = new ConcurrentHashMap<>();

  ZeroRanks(NDManager manager) {
    this.manager = manager;
  }

  NDArray of(long rows, long columns) {
    return absent.computeIfAbsent(
        rows << 32 | columns, key -> manager.create(new Shape(rows, columns)));
  }

  NDArray ones(int size) {
    return ones.computeIfAbsent(size, key -> manager.ones(new Shape(size), DataType.FLOAT32));
  }

  boolean isOnes(NDArray array) {
    return ones.containsValue(array);
  }
}
