package org.plumbline.model.adapter;

/** How LoRA's matrices start. Where one is 0 the fresh adapter changes nothing. */
public enum LoraStart {
  /** A ~ N(0, 1/R²), B = 0. */
  NORMAL,
  /** A ~ U(−1/√in, 1/√in), B = 0: PEFT's start. */
  KAIMING,
  /** Both ~ N(0, 1/R²): the fresh adapter changes the model at once. */
  BOTH_NORMAL,
  /** A = 0, B ~ N(0, 1/R²). */
  SWAPPED
}
