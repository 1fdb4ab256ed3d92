package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;

/** Applies one update rule to parameters; holds the rule's state. */
public final class Optimizer implements AutoCloseable {
  private static final String SCRIPT = "/org/plumbline/training/kernels/optimizers.py";

  /** Adafactor's exponent of the step, and its bound on the update's root mean square. */
  private static final double DECAY_RATE = -0.8;

  private static final double UPDATE_CLIP = 1.0;

  private static final Pattern LAYER = Pattern.compile("\\.\\d+\\.");

  private final OptimizerConfig config;
  private final List<Parameter> parameters;
  private final NDManager manager;
  private final KernelScript kernels;
  private final double[] decay;
  private final List<int[]> alike;
  private final int[] byAdam;
  private final Map<String, List<NDArray>> state = new LinkedHashMap<>();
  private long steps;

  /**
   * Makes an optimizer with fresh state.
   *
   * @param parent its tensors live beside it and go with it or with {@link #close}
   * @param parameters in a fixed order, at least one
   */
  public Optimizer(OptimizerConfig config, NDManager parent, List<Parameter> parameters) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException("an optimizer needs at least one parameter");
    }
    this.config = config;
    this.parameters = List.copyOf(parameters);
    this.manager = parent.newSubManager();
    this.kernels = KernelScript.load(manager, SCRIPT, Map.of());
    this.decay =
        parameters.stream()
            .mapToDouble(p -> p.isMatrix() || config.decayVectors() ? config.weightDecay() : 0)
            .toArray();
    this.alike = config.kind() == OptimizerKind.MUON ? layerMatrices() : List.of();
    Set<Integer> byMuon =
        alike.stream().flatMapToInt(Arrays::stream).boxed().collect(Collectors.toSet());
    this.byAdam = IntStream.range(0, decay.length).filter(i -> !byMuon.contains(i)).toArray();
    for (String slot : slots()) {
      List<NDArray> tensors = new ArrayList<>();
      for (Parameter parameter : parameters) {
        tensors.add(manager.zeros(shape(slot, parameter)));
      }
      state.put(slot, tensors);
    }
  }

  /** Muon's own matrices, those of one shape together: they are made orthogonal in one product. */
  private List<int[]> layerMatrices() {
    Map<Shape, List<Integer>> byShape =
        IntStream.range(0, parameters.size())
            .filter(i -> inLayer(parameters.get(i)))
            .boxed()
            .collect(
                Collectors.groupingBy(
                    i -> parameters.get(i).value().getShape(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return byShape.values().stream()
        .map(group -> group.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  private List<String> slots() {
    List<String> slots = new ArrayList<>();
    switch (config.kind()) {
      case ADAMW, ADAM, MUON -> slots.addAll(List.of("exp_avg", "exp_avg_sq"));
      case SGD -> slots.add("momentum_buffer");
      case RMSPROP -> slots.addAll(List.of("square_avg", "momentum_buffer"));
      case ADAGRAD -> slots.add("sum");
      case ADAFACTOR -> slots.addAll(List.of("exp_avg_sq_row", "exp_avg_sq_col"));
    }
    if (config.amsgrad()) {
      slots.add("max_exp_avg_sq");
    }
    if (config.centered()) {
      slots.add("grad_avg");
    }
    return slots;
  }

  private Shape shape(String slot, Parameter parameter) {
    Shape whole = parameter.value().getShape();
    if (config.kind() == OptimizerKind.MUON && slot.equals("exp_avg_sq") && inLayer(parameter)) {
      return new Shape(0);
    }
    int axes = whole.dimension();
    if (config.kind() != OptimizerKind.ADAFACTOR || axes < 2) {
      return whole;
    }
    long[] full = whole.getShape();
    long[] kept = Arrays.copyOf(full, axes - 1);
    if (slot.endsWith("col")) {
      kept[axes - 2] = full[axes - 1];
    }
    return new Shape(kept);
  }

  /** Whether Muon's own rule applies: a matrix of a numbered layer, no embedding, no head. */
  private static boolean inLayer(Parameter parameter) {
    return parameter.value().getShape().dimension() == 2 && LAYER.matcher(parameter.name()).find();
  }

  /**
   * One update.
   *
   * @param gradients float32, in the order of the parameters; left as they are
   * @param learningRate of this step
   */
  public void step(List<NDArray> gradients, double learningRate) {
    steps++;
    List<NDArray> values = parameters.stream().map(Parameter::value).toList();
    double epsilon = config.effectiveEpsilon();
    try (NDManager scope = manager.newSubManager()) {
      switch (config.kind()) {
        case ADAMW, ADAM -> adam(scope, gradients, learningRate, byAdam);
        case MUON -> {
          for (int[] at : alike) {
            kernels.one(
                scope,
                false,
                "muon",
                pick(values, at),
                pick(gradients, at),
                pick(slot("exp_avg"), at),
                Arrays.stream(at).mapToDouble(i -> decay[i]).toArray(),
                learningRate,
                config.effectiveMomentum());
          }
          adam(scope, gradients, learningRate, byAdam);
        }
        case SGD ->
            kernels.one(
                scope,
                false,
                "sgd",
                values,
                gradients,
                slot("momentum_buffer"),
                decay,
                steps,
                learningRate,
                config.effectiveMomentum(),
                config.dampening(),
                config.nesterov());
        case RMSPROP ->
            kernels.one(
                scope,
                false,
                "rmsprop",
                values,
                gradients,
                slot("square_avg"),
                slot("grad_avg"),
                slot("momentum_buffer"),
                decay,
                learningRate,
                config.smoothing(),
                epsilon,
                config.effectiveMomentum());
        case ADAGRAD ->
            kernels.one(
                scope,
                false,
                "adagrad",
                values,
                gradients,
                slot("sum"),
                decay,
                learningRate,
                epsilon);
        case ADAFACTOR ->
            kernels.one(
                scope,
                false,
                "adafactor",
                values,
                gradients,
                slot("exp_avg_sq_row"),
                slot("exp_avg_sq_col"),
                decay,
                steps,
                learningRate,
                DECAY_RATE,
                epsilon,
                UPDATE_CLIP);
      }
    }
    parameters.forEach(parameter -> parameter.changed().run());
  }

  /** Adam or AdamW on the parameters at these indices. */
  private void adam(NDManager scope, List<NDArray> gradients, double learningRate, int[] at) {
    if (at.length == 0) {
      return;
    }
    kernels.one(
        scope,
        false,
        "adam",
        pick(parameters.stream().map(Parameter::value).toList(), at),
        pick(gradients, at),
        pick(slot("exp_avg"), at),
        pick(slot("exp_avg_sq"), at),
        pick(slot("max_exp_avg_sq"), at),
        Arrays.stream(at).mapToDouble(i -> decay[i]).toArray(),
        steps,
        learningRate,
        config.beta1(),
        config.beta2(),
        config.effectiveEpsilon(),
        config.kind() != OptimizerKind.ADAM);
  }

  private static List<NDArray> pick(List<NDArray> all, int[] at) {
    return all.isEmpty() ? all : Arrays.stream(at).mapToObj(all::get).toList();
  }

  private List<NDArray> slot(String name) {
    return state.getOrDefault(name, List.of());
  }

  /** Updates made so far. */
  public long steps() {
    return steps;
  }

  /** State tensors by {@code slot/parameter}, for a checkpoint; they stay the optimizer's. */
  public Map<String, NDArray> state() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    state.forEach(
        (slot, tensors) -> {
          for (int i = 0; i < tensors.size(); i++) {
            all.put(slot + "/" + parameters.get(i).name(), tensors.get(i));
          }
        });
    return all;
  }

  /** Sets the step count after the tensors of {@link #state} were written from a checkpoint. */
  public void resumeAt(long steps) {
    this.steps = steps;
  }

  @Override
  public void close() {
    manager.close();
  }
}
