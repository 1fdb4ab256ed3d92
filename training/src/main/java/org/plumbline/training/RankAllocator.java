package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.adapter.AdaLora;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.LowRank;
import org.plumbline.model.adapter.RankBudget;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;

/**
 * Cuts AdaLoRA's ranks where they matter least, step by step (Zhang et al. 2023, algorithm 1), as
 * PEFT's allocator does.
 */
final class RankAllocator {
  private static final String SCRIPT = "/org/plumbline/training/kernels/adalora.py";

  private final RankBudget budget;
  private final List<LowRank> triples = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final int target;
  private final int initial;
  private final KernelScript kernels;
  private final NDManager manager;
  private final List<NDArray> means = new ArrayList<>();
  private final List<NDArray> spreads = new ArrayList<>();
  private final List<NDArray> masks = new ArrayList<>();

  /**
   * Begins with all ranks.
   *
   * @param adapter of method {@link AdaLora}
   */
  RankAllocator(NDManager manager, Adapter adapter) {
    AdaLora method = (AdaLora) adapter.method();
    this.budget = method.budget();
    this.manager = manager;
    this.kernels = KernelScript.load(manager, SCRIPT, Map.of());
    for (Parameter parameter : adapter.parameters()) {
      for (LowRank triple : adapter.lowRanks().values()) {
        if (triple.down().value() == parameter.value()) {
          triples.add(triple);
          parameters.addAll(triple.parameters());
        }
      }
    }
    for (Parameter parameter : parameters) {
      means.add(manager.zeros(parameter.value().getShape()));
      spreads.add(manager.zeros(parameter.value().getShape()));
    }
    triples.forEach(triple -> masks.add(manager.ones(singular(triple).value().getShape())));
    this.initial = triples.stream().mapToInt(LowRank::rank).sum();
    this.target = Math.multiplyExact(method.targetRank(), triples.size());
  }

  private static Parameter singular(LowRank triple) {
    return triple.singular().orElseThrow();
  }

  /** Adds the penalty's gradient; gives the penalty. */
  double penalty(Map<NDArray, NDArray> gradients) {
    List<NDArray> downs = triples.stream().map(t -> t.down().value()).toList();
    List<NDArray> ups = triples.stream().map(t -> t.up().value()).toList();
    try (NDManager scope = manager.newSubManager()) {
      return kernels
          .one(
              scope,
              false,
              "orthogonal",
              downs,
              ups,
              downs.stream().map(gradients::get).toList(),
              ups.stream().map(gradients::get).toList(),
              budget.orthogonality())
          .getFloat();
    }
  }

  /**
   * After an optimizer step.
   *
   * @param step from 0
   * @param gradients of that step, by parameter
   */
  void after(long step, Map<NDArray, NDArray> gradients) {
    long last = budget.total() - budget.settled();
    try (NDManager scope = manager.newSubManager()) {
      if (step < last) {
        List<NDArray> values = parameters.stream().map(Parameter::value).toList();
        List<NDArray> given = values.stream().map(gradients::get).toList();
        double b1 = budget.sensitivity();
        double b2 = budget.uncertainty();
        kernels.one(scope, false, "observe", values, given, means, spreads, b1, b2);
      }
      boolean due = step > budget.warmup() && step % budget.every() == 0;
      if (step == last || due && step < last) {
        choose(scope, ranksAt(step));
      }
      List<NDArray> values = triples.stream().map(t -> singular(t).value()).toList();
      kernels.one(scope, false, "cut", values, masks);
    }
    triples.forEach(triple -> singular(triple).changed().run());
  }

  /** Ranks of all modules together that are left after a step. */
  int ranksAt(long step) {
    long last = budget.total() - budget.settled();
    if (step <= budget.warmup()) {
      return initial;
    }
    if (step >= last) {
      return target;
    }
    double left = 1 - (double) (step - budget.warmup()) / (last - budget.warmup());
    return (int) ((initial - target) * left * left * left + target);
  }

  private void choose(NDManager scope, int ranks) {
    List<float[]> scores = new ArrayList<>();
    for (int i = 0; i < triples.size(); i++) {
      scores.add(
          kernels
              .one(
                  scope,
                  false,
                  "importance",
                  means.subList(3 * i, 3 * i + 3),
                  spreads.subList(3 * i, 3 * i + 3))
              .toFloatArray());
    }
    float[] all = new float[initial];
    int at = 0;
    for (float[] some : scores) {
      System.arraycopy(some, 0, all, at, some.length);
      at += some.length;
    }
    Arrays.sort(all);
    int cut = initial - ranks;
    float threshold = cut == 0 ? Float.NEGATIVE_INFINITY : all[cut - 1];
    for (int i = 0; i < masks.size(); i++) {
      float[] keep = new float[scores.get(i).length];
      for (int r = 0; r < keep.length; r++) {
        keep[r] = scores.get(i)[r] > threshold ? 1 : 0;
      }
      masks.get(i).set(keep);
    }
  }

  /** Whether the ranks after so many steps are the final ones. */
  boolean settled(long steps) {
    return steps > budget.total() - budget.settled() || steps >= budget.total();
  }

  /** Ranks left, by the module's name. */
  Map<String, Integer> ranks() {
    Map<String, Integer> left = new LinkedHashMap<>();
    for (int i = 0; i < triples.size(); i++) {
      int kept = 0;
      for (float value : masks.get(i).toFloatArray()) {
        kept += value > 0 ? 1 : 0;
      }
      left.put(singular(triples.get(i)).name(), kept);
    }
    return left;
  }

  /** State tensors for a checkpoint. */
  Map<String, NDArray> state() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      all.put("sensitivity/" + parameters.get(i).name(), means.get(i));
      all.put("uncertainty/" + parameters.get(i).name(), spreads.get(i));
    }
    for (int i = 0; i < triples.size(); i++) {
      all.put("mask/" + singular(triples.get(i)).name(), masks.get(i));
    }
    return all;
  }
}
