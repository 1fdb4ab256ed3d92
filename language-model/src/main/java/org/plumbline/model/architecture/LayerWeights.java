package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;

/**
 * Bases joined with adapters. With a graph they are made anew for each pass; without one they are
 * kept until a trained tensor changes. Lanes share it.
 */
final class LayerWeights {
  private final NDManager manager;
  private final KernelScript kernels;
  private final BaseWeights base;
  private final TransformerConfig config;
  private final ZeroRanks zeroRanks;
  private final Map<List<Adapter>, Joined> kept = new HashMap<>();
  private final Map<List<Adapter>, Joined> merged = new HashMap<>();
  private NDManager keeper;

  /** A base with adapters, layer by layer. */
  interface Joined {
    /** What stands outside the layers. */
    TunedWeights outside();

    /** A layer's arrays. */
    List<NDArray> layer(int layer);

    /** Whether rows have pairs of their own, so that kernels must see whole rows. */
    default boolean byRow() {
      return false;
    }

    /**
     * Goes on with these rows of the batch, in this order.
     *
     * @return true if arrays of layers are others now
     */
    default boolean keep(int[] rows) {
      return false;
    }
  }

  private record Kept(TunedWeights outside, List<List<NDArray>> layers) implements Joined {
    @Override
    public List<NDArray> layer(int layer) {
      return layers.get(layer);
    }
  }

  private record Made(TunedWeights outside) implements Joined {
    @Override
    public List<NDArray> layer(int layer) {
      return outside.layer(layer);
    }
  }

  LayerWeights(
      NDManager manager, KernelScript kernels, BaseWeights base, TransformerConfig config) {
    this.manager = manager;
    this.kernels = kernels;
    this.base = base;
    this.config = config;
    this.zeroRanks = new ZeroRanks(manager);
    this.keeper = manager.newSubManager();
  }

  /** Drops everything derived from trained tensors. */
  synchronized void forget() {
    if (!kept.isEmpty() || !merged.isEmpty()) {
      kept.clear();
      merged.clear();
      keeper.close();
      keeper = manager.newSubManager();
    }
  }

  /** For one pass. */
  Joined of(List<Adapter> active, NDManager scope, boolean graph) {
    return graph ? new Made(tuned(active, scope, true)) : kept(active);
  }

  private synchronized Joined kept(List<Adapter> active) {
    return kept.computeIfAbsent(List.copyOf(active), key -> whole(tuned(key, keeper, false)));
  }

  /** Adapters merged into the site weights where that can be: what generation uses. */
  synchronized Joined merged(List<Adapter> active) {
    return merged.computeIfAbsent(
        List.copyOf(active),
        key -> {
          TunedWeights tuned = tuned(key, keeper, false);
          List<List<NDArray>> all = new ArrayList<>();
          for (int i = 0; i < config.layers(); i++) {
            all.add(tuned.merged(i));
          }
          return new Kept(tuned, all);
        });
  }

  /**
   * Each row's adapters beside the weights, for one batch.
   *
   * @param scope owns what is made
   */
  Joined of(RowAdapters.Each adapters, NDManager scope) {
    List<Adapter> first = adapters.of(0);
    if (adapters.rows().stream().anyMatch(row -> !row.equals(first))) {
      return new RowWeights(scope, kernels, config, base, kept(List.of()), adapters);
    }
    return first.isEmpty() ? kept(first) : whole(tuned(first, scope, false));
  }

  private Joined whole(TunedWeights tuned) {
    return new Kept(tuned, IntStream.range(0, config.layers()).mapToObj(tuned::layer).toList());
  }

  private TunedWeights tuned(List<Adapter> active, NDManager scope, boolean graph) {
    return new TunedWeights(kernels, base, config, zeroRanks, active, scope, graph);
  }
}
