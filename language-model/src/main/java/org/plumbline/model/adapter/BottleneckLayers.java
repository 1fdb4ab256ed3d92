package org.plumbline.model.adapter;

import java.util.List;
import org.plumbline.model.tensor.Parameter;

/**
 * Two small layers after a part of the network: h + W_up f(W_down h + b_down) + b_up.
 *
 * @param down W_down, float32 (M, H)
 * @param downBias b_down, float32 (M)
 * @param up W_up, float32 (H, M)
 * @param upBias b_up, float32 (H)
 * @param activation f
 */
public record BottleneckLayers(
    Parameter down,
    Parameter downBias,
    Parameter up,
    Parameter upBias,
    Bottleneck.Activation activation) {
  /**
   * Where they stand.
   *
   * @param layer index of the layer
   * @param afterAttention after what attention gives, else after what the MLP gives; before it is
   *     added to the residual stream
   */
  public record Place(int layer, boolean afterAttention) {}

  /** Its trained tensors. */
  public List<Parameter> parameters() {
    return List.of(down, downBias, up, upBias);
  }
}
