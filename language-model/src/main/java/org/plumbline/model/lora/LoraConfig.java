package org.plumbline.model.lora;

import java.util.List;
import java.util.regex.Pattern;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorRef;

/**
 * Shape of an adapter: y = W x + scale · B A x.
 *
 * @param rank r, rows of A
 * @param alpha numerator of the scale
 * @param dropout share of A's inputs set to zero in training, [0, 1)
 * @param targets module names or their last parts ({@code q_proj}), {@code all-linear}, or one
 *     regular expression over the whole module name
 * @param rankStabilised true for scale = alpha / sqrt(r) (Kalajdzievski 2023), false for alpha / r
 */
public record LoraConfig(
    int rank, double alpha, double dropout, List<String> targets, boolean rankStabilised) {
  /** Every linear layer but the output head. */
  public static final String ALL_LINEAR = "all-linear";

  public LoraConfig {
    if (rank < 1) {
      throw new IllegalArgumentException("lora.rank=%d must be at least 1".formatted(rank));
    }
    if (!(alpha > 0)) {
      throw new IllegalArgumentException("lora.alpha=%s must be above 0".formatted(alpha));
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("lora.dropout=%s must be in [0, 1)".formatted(dropout));
    }
    if (targets.isEmpty()) {
      throw new IllegalArgumentException(
          "lora.targets is empty; needed: module names such as q_proj, or all-linear");
    }
    targets = List.copyOf(targets);
  }

  /** Factor on B A x. */
  public double scale() {
    return rankStabilised ? alpha / Math.sqrt(rank) : alpha / rank;
  }

  /**
   * PEFT's rule: a name equals a target or ends in {@code .target}; a lone regex matches in full.
   */
  boolean matches(TensorRef weight) {
    if (weight.bias() || !isLinear(weight.role())) {
      return false;
    }
    String module = weight.module();
    if (targets.size() == 1) {
      String target = targets.get(0);
      if (target.equals(ALL_LINEAR)) {
        return true;
      }
      if (!target.matches("[\\w.]+")) {
        return Pattern.matches(target, module);
      }
    }
    return targets.stream().anyMatch(t -> module.equals(t) || module.endsWith("." + t));
  }

  private static boolean isLinear(Role role) {
    return switch (role) {
      case QUERY, KEY, VALUE, QUERY_KEY_VALUE, ATTENTION_OUTPUT, GATE, UP, DOWN -> true;
      default -> false;
    };
  }
}
