package org.plumbline.model.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;

/** Which modules of a base a method works on, by PEFT's rules. */
final class Targets {
  /** Every linear layer but the output head. */
  static final String ALL_LINEAR = "all-linear";

  private Targets() {}

  /**
   * The weights of the modules that are named.
   *
   * @param targets a name equals a target or ends in {@code .target}; a lone regex matches in full
   * @throws IllegalArgumentException naming the modules that there are if a target matches none
   */
  static List<TensorRef> of(TensorLayout layout, List<String> targets, String key) {
    List<TensorRef> candidates =
        layout.all().stream().filter(ref -> !ref.bias() && canBeTuned(ref.role())).toList();
    List<TensorRef> found = new ArrayList<>();
    for (TensorRef ref : candidates) {
      if (matches(ref, targets)) {
        found.add(ref);
      }
    }
    for (String target : targets) {
      if (candidates.stream().noneMatch(ref -> matches(ref, List.of(target)))) {
        throw new IllegalArgumentException(
            "%s=%s matches no linear layer; the model's are %s, or use all-linear"
                .formatted(key, target, names(candidates)));
      }
    }
    return found;
  }

  /** Whether the weight's module is among the targets. */
  static boolean matches(TensorRef weight, List<String> targets) {
    String module = weight.module();
    if (targets.size() == 1) {
      String target = targets.get(0);
      if (target.equals(ALL_LINEAR)) {
        return isLinear(weight.role());
      }
      if (isPattern(target)) {
        return Pattern.matches(target, module);
      }
    }
    Predicate<String> named = t -> module.equals(t) || module.endsWith("." + t);
    return targets.stream().anyMatch(named);
  }

  /** Whether a target is a regular expression over the whole name. */
  static boolean isPattern(String target) {
    return !target.matches("[\\w.]+") && !target.equals(ALL_LINEAR);
  }

  private static boolean canBeTuned(Role role) {
    return isLinear(role) || role == Role.TOKEN_EMBEDDING;
  }

  private static boolean isLinear(Role role) {
    return switch (role) {
      case QUERY,
          KEY,
          VALUE,
          QUERY_KEY_VALUE,
          GROUPED_QUERY_KEY_VALUE,
          ATTENTION_OUTPUT,
          GATE,
          UP,
          GATE_UP,
          DOWN ->
          true;
      default -> false;
    };
  }

  /** Last parts of the modules' names. */
  private static List<String> names(List<TensorRef> candidates) {
    return candidates.stream()
        .map(ref -> ref.module().substring(ref.module().lastIndexOf('.') + 1))
        .distinct()
        .toList();
  }

  /** Width of the linear layer's input, or an embedding's number of rows. */
  static long inputs(TensorRef ref) {
    boolean columns = ref.transposed() || ref.role() == Role.TOKEN_EMBEDDING;
    return columns ? ref.shape().get(0) : ref.shape().get(1);
  }

  /** Width of the linear layer's output, or of an embedding. */
  static long outputs(TensorRef ref) {
    boolean columns = ref.transposed() || ref.role() == Role.TOKEN_EMBEDDING;
    return columns ? ref.shape().get(1) : ref.shape().get(0);
  }
}
