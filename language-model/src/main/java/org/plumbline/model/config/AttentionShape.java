package org.plumbline.model.config;

import java.util.List;

/**
 * What differs between families in scaled dot-product attention.
 *
 * @param scale factor on q·k
 * @param scaledByInverseLayer and further 1 / (layer + 1) (gpt2's scale_attn_by_inverse_layer_idx)
 * @param softcap scores s become cap · tanh(s / cap) before the mask (Gemma 2); 0 = as they are
 * @param queryKeyNorm queries and keys are normalised head by head before they turn
 * @param linearBiases slopes of ALiBi (Press et al. 2022), one per head; empty without
 * @param causal false for encoders: every token sees every other
 * @param windows per layer: how many positions a query sees, its own included; 0 = all before it
 */
public record AttentionShape(
    double scale,
    boolean scaledByInverseLayer,
    double softcap,
    boolean queryKeyNorm,
    List<Double> linearBiases,
    boolean causal,
    List<Integer> windows) {
  public AttentionShape {
    linearBiases = List.copyOf(linearBiases);
    windows = List.copyOf(windows);
  }

  /** Causal attention scaled by the root of the head dimension. */
  static AttentionShape causal(int headDim, List<Integer> windows) {
    return new AttentionShape(1 / Math.sqrt(headDim), false, 0, false, List.of(), true, windows);
  }

  AttentionShape scaled(double newScale, boolean byInverseLayer) {
    return new AttentionShape(
        newScale, byInverseLayer, softcap, queryKeyNorm, linearBiases, causal, windows);
  }

  AttentionShape softcapped(double cap) {
    return new AttentionShape(
        scale, scaledByInverseLayer, cap, queryKeyNorm, linearBiases, causal, windows);
  }

  AttentionShape withQueryKeyNorm() {
    return new AttentionShape(
        scale, scaledByInverseLayer, softcap, true, linearBiases, causal, windows);
  }

  AttentionShape biased(List<Double> slopes) {
    return new AttentionShape(
        scale, scaledByInverseLayer, softcap, queryKeyNorm, slopes, causal, windows);
  }

  AttentionShape bidirectional() {
    return new AttentionShape(
        scale, scaledByInverseLayer, softcap, queryKeyNorm, linearBiases, false, windows);
  }
}
