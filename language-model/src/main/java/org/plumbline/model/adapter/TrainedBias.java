package org.plumbline.model.adapter;

/** Which biases of the base are trained beside an adapter. */
public enum TrainedBias {
  /** None. */
  NONE,
  /** Every bias of the base. */
  ALL,
  /** Those of the modules that are tuned. */
  LORA_ONLY
}
