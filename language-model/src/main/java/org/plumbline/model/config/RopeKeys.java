package org.plumbline.model.config;

import java.util.Optional;

/** Rotary parameters in both spellings: rope_theta with rope_scaling, or rope_parameters. */
final class RopeKeys {
  private static final double TRANSFORMERS_THETA = 10_000;

  private RopeKeys() {}

  /**
   * Reads and consumes all rotary keys.
   *
   * @param headDim rotary dimensions where the file names no part of them
   * @param maxPositions the original context where llama3 scaling names none
   */
  static Rope read(ConfigKeys keys, int headDim, int maxPositions) {
    double oldTheta = keys.number("rope_theta", TRANSFORMERS_THETA);
    keys.mustBeOff("rope_interleaved", false);
    double oldPart = keys.number("partial_rotary_factor", 1);
    Optional<ConfigKeys> scaling = keys.object("rope_scaling");
    Optional<ConfigKeys> parameters = keys.object("rope_parameters");
    ConfigKeys nested = parameters.or(() -> scaling).orElse(null);
    if (nested == null) {
      return rope(keys, oldTheta, oldPart, headDim, RopeScaling.NONE);
    }
    double theta = nested.number("rope_theta", oldTheta);
    double part = nested.number("partial_rotary_factor", oldPart);
    RopeScaling read = scaling(nested, maxPositions);
    nested.finish();
    return rope(keys, theta, part, headDim, read);
  }

  private static Rope rope(
      ConfigKeys keys, double theta, double part, int headDim, RopeScaling scaling) {
    int dimensions = (int) (headDim * part);
    if (dimensions < 2 || dimensions > headDim || dimensions % 2 != 0) {
      throw keys.wrong(
          "partial_rotary_factor",
          Double.toString(part),
          "it makes %d of %d elements of a head turn; an even number of them is needed"
              .formatted(dimensions, headDim));
    }
    return new Rope(theta, dimensions, scaling);
  }

  private static RopeScaling scaling(ConfigKeys keys, int maxPositions) {
    Optional<String> oldName = keys.text("type");
    String kind = keys.text("rope_type").or(() -> oldName).orElse("default");
    return switch (kind) {
      case "default" -> RopeScaling.NONE;
      case "linear" -> RopeScaling.linear(keys.number("factor"));
      case "llama3" ->
          new RopeScaling(
              RopeScaling.Kind.LLAMA3,
              keys.number("factor"),
              keys.number("low_freq_factor"),
              keys.number("high_freq_factor"),
              keys.positive("original_max_position_embeddings", maxPositions));
      default -> throw keys.wrong("rope_type", kind, "supported: default, linear, llama3");
    };
  }
}
