package org.plumbline.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.plumbline.model.engine.KernelScript;

/** Nothing is drawn from logits that are NaN or infinite. */
final class FiniteLogits {
  private final KernelScript kernels;

  FiniteLogits(KernelScript kernels) {
    this.kernels = kernels;
  }

  /**
   * Checks each row whose reply goes on. The only place that finds a broken model while it
   * generates; the draft holds the tokens that broke it.
   *
   * @param logits float32 (B, V), of the drafts in order
   * @throws ArithmeticException naming prompt and token
   */
  void requireFinite(NDManager scope, NDArray logits, List<Draft> drafts) {
    float[] finite = kernels.one(scope, false, "finite", logits).toFloatArray();
    for (int i = 0; i < finite.length; i++) {
      Draft draft = drafts.get(i);
      if (finite[i] == 0 && !draft.isEnded()) {
        throw new ArithmeticException(
            "logits of prompt %d are not finite at token %d of its reply; the weights hold NaN or overflow (a diverged training run, or float16 values out of range)"
                .formatted(draft.row() + 1, draft.length() + 1));
      }
    }
  }
}
