package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.plumbline.model.tensor.Parameter;

/** Muon (Jordan et al. 2024) on matrices of layers, those of one shape in one product. */
final class MuonRule implements UpdateRule {
  private static final Pattern LAYER = Pattern.compile("\\.\\d+\\.");

  private final RuleParts parts;
  private final StateSlots slots;
  private final List<NDArray> momentum;
  private final List<int[]> alike;

  private MuonRule(RuleParts parts) {
    this.parts = parts;
    this.slots = new StateSlots(parts);
    this.momentum = slots.zeros("exp_avg");
    Map<Shape, List<Integer>> byShape =
        IntStream.range(0, parts.parameters().size())
            .boxed()
            .collect(
                Collectors.groupingBy(
                    i -> parts.parameters().get(i).value().getShape(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    this.alike =
        byShape.values().stream()
            .map(group -> group.stream().mapToInt(Integer::intValue).toArray())
            .toList();
  }

  /** Muon for the matrices of numbered layers; AdamW for embeddings, heads and vectors. */
  static UpdateRule split(RuleParts parts) {
    return new SplitRule(parts, MuonRule::inLayer, MuonRule::new, AdamRule::new);
  }

  private static boolean inLayer(Parameter parameter) {
    return parameter.value().getShape().dimension() == 2 && LAYER.matcher(parameter.name()).find();
  }

  @Override
  public Map<String, NDArray> state() {
    return slots.state();
  }

  @Override
  public void step(NDManager scope, List<NDArray> gradients, double learningRate, long step) {
    double[] decay = parts.decay();
    for (int[] at : alike) {
      parts
          .kernels()
          .one(
              scope,
              false,
              "muon",
              pick(parts.values(), at),
              pick(gradients, at),
              pick(momentum, at),
              Arrays.stream(at).mapToDouble(i -> decay[i]).toArray(),
              learningRate,
              parts.config().effectiveMomentum());
    }
  }

  private static List<NDArray> pick(List<NDArray> all, int[] at) {
    return Arrays.stream(at).mapToObj(all::get).toList();
  }
}
