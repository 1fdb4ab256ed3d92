package org.plumbline.model.config;

import java.util.Optional;

/** The MLP's activation function. */
public enum Activation {
  SILU,
  /** x Φ(x), by the error function. */
  GELU,
  /** The tanh approximation of GELU, {@code gelu_new} in config.json. */
  GELU_TANH,
  RELU,
  /** x σ(1.702 x). */
  QUICK_GELU;

  /** By transformers' name; empty where it is none of ours. */
  static Optional<Activation> of(String name) {
    return switch (name) {
      case "silu", "swish" -> Optional.of(SILU);
      case "gelu" -> Optional.of(GELU);
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Optional.of(GELU_TANH);
      case "relu" -> Optional.of(RELU);
      case "quick_gelu" -> Optional.of(QUICK_GELU);
      default -> Optional.empty();
    };
  }
}
