package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.plumbline.model.tensor.TensorCarrier;

/** Clipping by the global norm (Pascanu et al. 2013), as torch.nn.utils.clip_grad_norm_ does it. */
public final class GradientClipping {
  private GradientClipping() {}

  /**
   * Scales the gradients in place by min(1, max / (norm + 1e-6)).
   *
   * @param maxNorm 0 leaves them alone
   * @return the L2 norm before clipping
   * @throws ArithmeticException if the norm is not finite
   */
  public static double clip(TensorCarrier carrier, List<NDArray> gradients, double maxNorm) {
    double total = 0;
    for (double square : carrier.squareSums(gradients)) {
      total += square;
    }
    double norm = Math.sqrt(total);
    if (!Double.isFinite(norm)) {
      throw new ArithmeticException(
          "the gradient is not finite; the last good checkpoint is kept. Likely cause: a learning rate too high, or overflow in the weights");
    }
    if (maxNorm > 0 && norm + 1e-6 > maxNorm) {
      carrier.scale(gradients, maxNorm / (norm + 1e-6));
    }
    return norm;
  }
}
