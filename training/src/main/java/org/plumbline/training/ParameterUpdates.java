package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.AdaLora;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.tensor.Parameter;

/**
 * What a trainer does to its parameters at each step: the optimizer's rule, LoRA+'s own rate for
 * the B matrices, AdaLoRA's penalty and cuts.
 */
public final class ParameterUpdates implements AutoCloseable {
  private final List<Parameter> parameters;
  private final List<Optimizer> optimizers = new ArrayList<>();
  private final List<int[]> groups = new ArrayList<>();
  private final List<Double> factors = new ArrayList<>();
  private final Map<String, RankAllocator> allocators = new LinkedHashMap<>();
  private final NDManager manager;

  /**
   * Makes fresh state.
   *
   * @param parent its tensors live beside it and go with it or with {@link #close}
   * @param parameters in a fixed order, at least one
   * @param adapters those among whose tensors the parameters are, none for a base
   * @param ratio learning rate of B matrices over that of all else (LoRA+, Hayou et al. 2024); 1
   *     for one rate
   */
  public ParameterUpdates(
      OptimizerConfig config,
      NDManager parent,
      List<Parameter> parameters,
      List<Adapter> adapters,
      double ratio) {
    this.parameters = List.copyOf(parameters);
    this.manager = parent.newSubManager();
    for (boolean up : new boolean[] {false, true}) {
      int[] group =
          IntStream.range(0, parameters.size())
              .filter(i -> (ratio != 1 && isUp(parameters.get(i))) == up)
              .toArray();
      if (group.length > 0) {
        groups.add(group);
        factors.add(up ? ratio : 1);
        List<Parameter> some = IntStream.of(group).mapToObj(this.parameters::get).toList();
        optimizers.add(new Optimizer(config, manager, some));
      }
    }
    for (Adapter adapter : adapters) {
      if (adapter.method() instanceof AdaLora) {
        allocators.put(adapter.name(), new RankAllocator(manager, adapter));
      }
    }
  }

  private static boolean isUp(Parameter parameter) {
    return parameter.name().contains(".lora_B") || parameter.name().endsWith(".lora_embedding_B");
  }

  /**
   * Adds the gradient of what the methods themselves ask for.
   *
   * @param gradients float32, in the order of the parameters
   * @return what it adds to the loss
   */
  public double addPenalty(List<NDArray> gradients) {
    Map<NDArray, NDArray> byValue = byValue(gradients);
    return allocators.values().stream().mapToDouble(a -> a.penalty(byValue)).sum();
  }

  /**
   * One update.
   *
   * @param gradients float32, in the order of the parameters; left as they are
   * @param learningRate of this step
   */
  public void step(List<NDArray> gradients, double learningRate) {
    long step = steps();
    for (int g = 0; g < groups.size(); g++) {
      List<NDArray> some = IntStream.of(groups.get(g)).mapToObj(gradients::get).toList();
      optimizers.get(g).step(some, learningRate * factors.get(g));
    }
    Map<NDArray, NDArray> byValue = byValue(gradients);
    allocators.values().forEach(allocator -> allocator.after(step, byValue));
  }

  private Map<NDArray, NDArray> byValue(List<NDArray> gradients) {
    Map<NDArray, NDArray> map = new IdentityHashMap<>();
    for (int i = 0; i < parameters.size() && !allocators.isEmpty(); i++) {
      map.put(parameters.get(i).value(), gradients.get(i));
    }
    return map;
  }

  /** Whether no more ranks will be cut; before that no weights are final. */
  public boolean settled() {
    return allocators.values().stream().allMatch(allocator -> allocator.settled(steps()));
  }

  /** Ranks that AdaLoRA has left, by the tensors' names; empty without it. */
  public Map<String, Integer> ranks() {
    Map<String, Integer> all = new LinkedHashMap<>();
    allocators.values().forEach(allocator -> all.putAll(allocator.ranks()));
    return all;
  }

  /** Updates made so far. */
  public long steps() {
    return optimizers.get(0).steps();
  }

  /** State tensors for a checkpoint; they stay where they are. */
  public Map<String, NDArray> state() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    optimizers.forEach(optimizer -> all.putAll(optimizer.state()));
    allocators.forEach(
        (name, allocator) ->
            allocator.state().forEach((key, value) -> all.put("ranks/" + name + "/" + key, value)));
    return all;
  }

  /** Sets the step count after the tensors of {@link #state} were written from a checkpoint. */
  public void resumeAt(long steps) {
    optimizers.forEach(optimizer -> optimizer.resumeAt(steps));
  }

  @Override
  public void close() {
    manager.close();
  }
}
