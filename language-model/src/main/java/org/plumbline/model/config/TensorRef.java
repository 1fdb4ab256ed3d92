package org.plumbline.model.config;

import java.util.List;

/**
 * One stored tensor of a model.
 *
 * @param layer -1 outside the layers
 * @param bias the bias of a linear layer or LayerNorm, else its weight
 * @param name as transformers saves it
 * @param transposed a matrix stored [in, out] (gpt2's Conv1D) instead of [out, in]
 * @param shape as stored
 */
public record TensorRef(
    Role role, int layer, boolean bias, String name, boolean transposed, List<Long> shape) {
  /** The layer of those outside the layers. */
  public static final int NO_LAYER = -1;

  public TensorRef {
    shape = List.copyOf(shape);
  }

  /** The name of the module, without {@code .weight} or {@code .bias}, as PEFT targets it. */
  public String module() {
    return name.substring(0, name.lastIndexOf('.'));
  }
}
