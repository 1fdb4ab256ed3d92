package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.plumbline.model.tensor.Parameter;

/** Two rules side by side: each parameter belongs to one of them. */
final class SplitRule implements UpdateRule {
  private final UpdateRule chosen;
  private final UpdateRule others;
  private final int[] chosenAt;
  private final int[] othersAt;

  SplitRule(
      RuleParts parts,
      Predicate<Parameter> wanted,
      Function<RuleParts, UpdateRule> rule,
      Function<RuleParts, UpdateRule> otherwise) {
    this.chosen = rule.apply(parts.only(wanted));
    this.others = otherwise.apply(parts.only(wanted.negate()));
    this.chosenAt = places(parts, wanted);
    this.othersAt = places(parts, wanted.negate());
  }

  private static int[] places(RuleParts parts, Predicate<Parameter> wanted) {
    return IntStream.range(0, parts.parameters().size())
        .filter(i -> wanted.test(parts.parameters().get(i)))
        .toArray();
  }

  @Override
  public Map<String, NDArray> state() {
    Map<String, NDArray> all = new LinkedHashMap<>(chosen.state());
    all.putAll(others.state());
    return all;
  }

  @Override
  public void step(NDManager scope, List<NDArray> gradients, double learningRate, long step) {
    chosen.step(scope, pick(gradients, chosenAt), learningRate, step);
    others.step(scope, pick(gradients, othersAt), learningRate, step);
  }

  private static List<NDArray> pick(List<NDArray> all, int[] at) {
    return IntStream.of(at).mapToObj(all::get).toList();
  }
}
