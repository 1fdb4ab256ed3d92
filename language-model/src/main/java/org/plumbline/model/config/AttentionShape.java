package org.plumbline.model.config;

import java.util.List;

/**
 * What differs between families in scaled dot-product attention.
 *
 * @param scaledByHeadDim q·k is divided by the root of the head dimension
 * @param scaledByInverseLayer and further by layer + 1 (gpt2's scale_attn_by_inverse_layer_idx)
 * @param windows per layer: how many positions a query sees, its own included; 0 = all before it
 */
public record AttentionShape(
    boolean scaledByHeadDim, boolean scaledByInverseLayer, List<Integer> windows) {
  public AttentionShape {
    windows = List.copyOf(windows);
  }
}
