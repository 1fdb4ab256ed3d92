package org.plumbline.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rotary parameters in both spellings: rope_theta with rope_scaling, or rope_parameters. */
final class RopeKeys {
  private RopeKeys() {}

  /**
   * What a family takes where its file is silent.
   *
   * @param part share of a head's elements that turn
   */
  record Defaults(double theta, double part, boolean interleaved) {
    static final Defaults PLAIN = new Defaults(10_000, 1, false);
  }

  /** Reads and consumes all rotary keys. */
  static Rope read(ConfigKeys keys, DecoderSizes sizes, Defaults defaults) {
    double oldTheta = keys.number("rope_theta", defaults.theta());
    keys.mustBeOff("rope_interleaved", false);
    double oldPart = keys.number("partial_rotary_factor", defaults.part());
    Optional<ConfigKeys> scaling = keys.object("rope_scaling");
    Optional<ConfigKeys> nested = keys.object("rope_parameters").or(() -> scaling);
    Defaults old = new Defaults(oldTheta, oldPart, defaults.interleaved());
    if (nested.isEmpty()) {
      return rope(keys, sizes, old, RopeScaling.NONE);
    }
    return nested(keys, nested.get(), sizes, old);
  }

  /** The parameters in one object, which is consumed whole. */
  static Rope nested(ConfigKeys outer, ConfigKeys keys, DecoderSizes sizes, Defaults defaults) {
    double theta = keys.number("rope_theta", defaults.theta());
    double part = keys.number("partial_rotary_factor", defaults.part());
    Defaults found = new Defaults(theta, part, defaults.interleaved());
    RopeScaling scaling = scaling(outer, keys, sizes.maxPositions());
    keys.finish();
    return rope(outer, sizes, found, scaling);
  }

  private static Rope rope(
      ConfigKeys keys, DecoderSizes sizes, Defaults found, RopeScaling scaling) {
    int dimensions = (int) (sizes.headDim() * found.part());
    if (dimensions < 2 || dimensions > sizes.headDim() || dimensions % 2 != 0) {
      throw keys.wrong(
          "partial_rotary_factor",
          Double.toString(found.part()),
          "it makes %d of %d elements of a head turn; an even number of them is needed"
              .formatted(dimensions, sizes.headDim()));
    }
    if (scaling instanceof RopeScaling.LongRope factors
        && (factors.shortFactors().size() != dimensions / 2
            || factors.longFactors().size() != dimensions / 2)) {
      throw keys.wrong(
          "rope_scaling",
          "%d short and %d long factors"
              .formatted(factors.shortFactors().size(), factors.longFactors().size()),
          "%d of each are needed, one per pair of turning elements".formatted(dimensions / 2));
    }
    return new Rope(found.theta(), dimensions, found.interleaved(), scaling);
  }

  private static RopeScaling scaling(ConfigKeys outer, ConfigKeys keys, int maxPositions) {
    Optional<String> oldName = keys.text("type");
    String kind = keys.text("rope_type").or(() -> oldName).orElse("default");
    return switch (kind) {
      case "default" -> RopeScaling.NONE;
      case "linear" -> new RopeScaling.Linear(keys.number("factor"));
      case "dynamic" -> {
        keys.ignore("original_max_position_embeddings");
        yield new RopeScaling.Dynamic(keys.number("factor"), maxPositions);
      }
      case "llama3" ->
          new RopeScaling.Llama3(
              keys.number("factor"),
              keys.number("low_freq_factor"),
              keys.number("high_freq_factor"),
              keys.positive("original_max_position_embeddings", maxPositions));
      case "yarn" -> yarn(keys, maxPositions);
      case "longrope", "su" -> longRope(outer, keys, maxPositions);
      default ->
          throw keys.wrong(
              "rope_type", kind, "supported: default, linear, dynamic, llama3, yarn, longrope");
    };
  }

  private static RopeScaling yarn(ConfigKeys keys, int maxPositions) {
    int original = keys.positive("original_max_position_embeddings", maxPositions);
    double factor = keys.number("factor", (double) maxPositions / original);
    double scale = keys.number("mscale", 0);
    double allScale = keys.number("mscale_all_dim", 0);
    double magnitude =
        scale != 0 && allScale != 0
            ? yarnMagnitude(factor, scale) / yarnMagnitude(factor, allScale)
            : yarnMagnitude(factor, 1);
    return new RopeScaling.Yarn(
        factor,
        keys.number("beta_fast", 32),
        keys.number("beta_slow", 1),
        original,
        keys.number("attention_factor", magnitude),
        keys.flag("truncate", true));
  }

  private static double yarnMagnitude(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }

  /** Old files keep the original context beside rope_scaling, not in it. */
  private static RopeScaling longRope(ConfigKeys outer, ConfigKeys keys, int maxPositions) {
    int outside = outer.positive("original_max_position_embeddings", maxPositions);
    int original = keys.positive("original_max_position_embeddings", outside);
    double factor = keys.number("factor", (double) maxPositions / original);
    double magnitude = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    return new RopeScaling.LongRope(
        numbers(keys, "short_factor"),
        numbers(keys, "long_factor"),
        original,
        keys.number("attention_factor", magnitude));
  }

  private static List<Double> numbers(ConfigKeys keys, String key) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode value : keys.node(key).orElseThrow(() -> keys.missing(key))) {
      numbers.add(value.asDouble());
    }
    return numbers;
  }
}
