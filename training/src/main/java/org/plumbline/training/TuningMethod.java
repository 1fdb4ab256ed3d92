package org.plumbline.training;

/** Which tensors a stage trains. */
public enum TuningMethod {
  /** Every weight of the base. */
  FULL,
  /** Low-rank adapters on a frozen base. */
  LORA
}
