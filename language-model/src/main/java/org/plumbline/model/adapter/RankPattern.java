package org.plumbline.model.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.plumbline.model.tensor.Parameter;

/**
 * The ranks that AdaLoRA has left: those whose singular value is not 0. PEFT saves these alone, and
 * under {@code rank_pattern} which they were. Before training all are 0, and all are kept.
 *
 * @param kept by the names of the singular values
 */
record RankPattern(Map<String, boolean[]> kept) {
  static RankPattern of(Adapter adapter) {
    Map<String, boolean[]> kept = new LinkedHashMap<>();
    boolean trained = false;
    for (Parameter parameter : adapter.parameters()) {
      if (parameter.name().endsWith(".lora_E")) {
        float[] values = parameter.value().toFloatArray();
        boolean[] left = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
          left[i] = values[i] != 0;
          trained |= left[i];
        }
        kept.put(parameter.name(), left);
      }
    }
    return new RankPattern(trained ? kept : Map.of());
  }

  /** The rows of A and E, or the columns of B, of the ranks that are left. */
  NDArray kept(String name, NDArray value) {
    int dot = name.lastIndexOf(".lora_");
    boolean[] left = dot < 0 ? null : kept.get(name.substring(0, dot) + ".lora_E");
    if (left == null) {
      return value;
    }
    int[] index = IntStream.range(0, left.length).filter(i -> left[i]).toArray();
    boolean columns = name.endsWith(".lora_B");
    long[] shape = value.getShape().getShape();
    int rows = Math.toIntExact(columns ? shape[0] : index.length);
    int width = Math.toIntExact(columns ? index.length : shape[1]);
    float[] all = value.toFloatArray();
    float[] some = new float[rows * width];
    for (int i = 0; i < some.length; i++) {
      int row = columns ? i / width : index[i / width];
      int column = columns ? index[i % width] : i % width;
      some[i] = all[row * (int) shape[1] + column];
    }
    return value.getManager().create(some, new Shape(rows, width));
  }

  void describe(ObjectNode json) {
    if (!kept.isEmpty()) {
      ObjectNode pattern = json.putObject("rank_pattern");
      kept.forEach(
          (name, left) -> {
            var list = pattern.putArray(name.substring(PeftFolder.PREFIX.length()));
            for (boolean one : left) {
              list.add(one);
            }
          });
    }
  }
}
