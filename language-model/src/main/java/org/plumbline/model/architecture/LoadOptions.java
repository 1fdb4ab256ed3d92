package org.plumbline.model.architecture;

import org.plumbline.model.safetensors.DType;

/**
 * How a model is held.
 *
 * @param compute dtype of activations and frozen weights: F32 or BF16
 * @param trained true to train every weight (float32 masters), false to freeze the base
 * @param device {@code auto}, {@code cpu} or {@code cuda:N}
 * @param checkpointing true to compute layers again for gradients instead of keeping all that they
 *     need: a third more time, activations of one layer in memory
 * @param fourBit true to pack linear layers in four bits while they are read (NF4 with double
 *     quantisation, Dettmers et al. 2023); a frozen folder that is packed already stays so
 * @param anyBase true to put adapters on it that say they were made for another base
 */
public record LoadOptions(
    DType compute,
    boolean trained,
    String device,
    boolean checkpointing,
    boolean fourBit,
    boolean anyBase) {
  /** Without checkpointing. */
  public LoadOptions(DType compute, boolean trained, String device) {
    this(compute, trained, device, false, false, false);
  }

  public LoadOptions {
    if (compute != DType.F32 && compute != DType.BF16) {
      throw new IllegalArgumentException(
          "dtype=%s cannot be computed in; needed: float32 or bfloat16"
              .formatted(compute.torchName()));
    }
    if (trained && fourBit) {
      throw new IllegalArgumentException(
          "weights in four bits cannot be trained; train an adapter beside them");
    }
  }

  /** The same with checkpointing or without. */
  public LoadOptions withCheckpointing(boolean on) {
    return new LoadOptions(compute, trained, device, on, fourBit, anyBase);
  }

  /** The same with linear layers in four bits or as they are. */
  public LoadOptions withFourBit(boolean on) {
    return new LoadOptions(compute, trained, device, checkpointing, on, anyBase);
  }

  /** The same with adapters of other bases or without. */
  public LoadOptions withAnyBase(boolean on) {
    return new LoadOptions(compute, trained, device, checkpointing, fourBit, on);
  }

  /** Frozen float32 weights on the device chosen by itself. */
  public static LoadOptions frozen() {
    return new LoadOptions(DType.F32, false, "auto");
  }

  /** Trained float32 weights on the device chosen by itself. */
  public static LoadOptions full() {
    return new LoadOptions(DType.F32, true, "auto");
  }
}
