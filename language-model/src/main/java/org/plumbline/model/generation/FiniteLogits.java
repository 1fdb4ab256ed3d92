package org.plumbline.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.engine.KernelScript;

/** Nothing is drawn from logits that are NaN or infinite. */
final class FiniteLogits {
  private final KernelScript kernels;
  private final TransformerModel model;
  private final RowAdapters adapters;

  /** Checks a model with these adapters. */
  FiniteLogits(KernelScript kernels, TransformerModel model, RowAdapters adapters) {
    this.kernels = kernels;
    this.model = model;
    this.adapters = adapters;
  }

  /**
   * Checks each row whose reply goes on.
   *
   * @param logits float32 (B, V), of the drafts in order
   * @throws ArithmeticException naming prompt, token, and where in the model it broke
   */
  void requireFinite(NDManager scope, NDArray logits, List<Draft> drafts) {
    float[] finite = kernels.one(scope, false, "finite", logits).toFloatArray();
    for (int i = 0; i < finite.length; i++) {
      if (finite[i] == 0 && !drafts.get(i).isEnded()) {
        throw broken(drafts.get(i));
      }
    }
  }

  private ArithmeticException broken(Draft draft) {
    String place =
        model.firstNonFinite(draft.tokens(), adapters.of(draft.row())).orElse("the output head");
    return new ArithmeticException(
        "logits of prompt %d are not finite at token %d of its reply; first broken: %s. The weights hold NaN or overflow (a diverged training run, or float16 values out of range)"
            .formatted(draft.row() + 1, draft.length() + 1, place));
  }
}
