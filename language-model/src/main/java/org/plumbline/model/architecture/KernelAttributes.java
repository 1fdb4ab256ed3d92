package org.plumbline.model.architecture;

import java.util.Map;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.Normalization;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.TensorCarrier;

/** A model's config as the decoder kernels take it; what they cannot compute is refused here. */
final class KernelAttributes {
  private KernelAttributes() {}

  static Map<String, Object> of(TransformerConfig config, LoadOptions options) {
    for (int layer = 0; layer < config.layers(); layer++) {
      if (Math.abs(config.attentionScale(layer) * Math.sqrt(config.headDim()) - 1) > 1e-9) {
        throw new ModelFormatException(
            "config.json: attention scaled by other than 1/sqrt(head_dim) is not supported (scale_attn_weights, scale_attn_by_inverse_layer_idx)");
      }
      if (config.window(layer) > 0) {
        throw new ModelFormatException(
            "config.json: sliding_window=%d is not supported".formatted(config.window(layer)));
      }
    }
    String activation =
        switch (config.activation()) {
          case SILU -> "silu";
          case GELU -> "gelu";
          case GELU_TANH -> "gelu_new";
          case RELU -> "relu";
          default ->
              throw new ModelFormatException(
                  "config.json: activation %s is not supported".formatted(config.activation()));
        };
    return Map.of(
        "heads", config.heads(),
        "kv_heads", config.kvHeads(),
        "head_dim", config.headDim(),
        "rotary_dims", config.rope().map(rope -> rope.dimensions()).orElse(0),
        "rms", config.norm().kind() == Normalization.Kind.RMS,
        "epsilon", config.norm().epsilon(),
        "gated", config.gatedMlp(),
        "activation", activation,
        "dtype", TensorCarrier.code(options.compute()));
  }
}
