package org.plumbline.training;

import org.plumbline.model.safetensors.DType;

/** The dtype that a stage computes in; trained tensors are float32 in either. */
public enum Precision {
  FLOAT32,
  BFLOAT16;

  /** The engine's dtype. */
  public DType dtype() {
    return this == FLOAT32 ? DType.F32 : DType.BF16;
  }
}
