package org.plumbline.training;

import org.plumbline.model.engine.Engine;
import org.plumbline.model.safetensors.DType;

/** The dtype that a stage computes in; trained tensors are float32 in each. */
public enum Precision {
  FLOAT32,
  BFLOAT16,
  /** bfloat16 where the machine multiplies it in hardware, else float32. */
  FASTEST;

  /** The engine's dtype. */
  public DType dtype() {
    return switch (this) {
      case FLOAT32 -> DType.F32;
      case BFLOAT16 -> DType.BF16;
      case FASTEST -> Engine.nativeBfloat16() ? DType.BF16 : DType.F32;
    };
  }
}
