package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.lora.LoraAdapter;
import org.plumbline.model.lora.LoraPair;

/**
 * Layers' arrays as the kernels take them: base and adapters joined. With a graph they are made
 * anew at each call; without one they are kept until a trained tensor changes. Lanes share it.
 */
final class LayerWeights {
  private final NDManager manager;
  private final KernelScript kernels;
  private final BaseWeights base;
  private final TransformerConfig config;
  private final Map<Long, NDArray> absent = new ConcurrentHashMap<>();
  private final Map<List<LoraAdapter>, List<List<NDArray>>> kept = new HashMap<>();
  private final Map<List<LoraAdapter>, List<NDArray>> merged = new HashMap<>();
  private NDManager keeper;

  LayerWeights(
      NDManager manager, KernelScript kernels, BaseWeights base, TransformerConfig config) {
    this.manager = manager;
    this.kernels = kernels;
    this.base = base;
    this.config = config;
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

  /** The arrays of a layer. */
  List<NDArray> of(int layer, List<LoraAdapter> active, NDManager scope, boolean graph) {
    return graph ? join(layer, active, scope, true) : kept(layer, active);
  }

  private synchronized List<NDArray> kept(int layer, List<LoraAdapter> active) {
    return kept.computeIfAbsent(
            List.copyOf(active),
            key -> {
              List<List<NDArray>> all = new ArrayList<>();
              for (int i = 0; i < config.layers(); i++) {
                all.add(join(i, key, keeper, false));
              }
              return all;
            })
        .get(layer);
  }

  /** All layers' arrays, adapters merged into the site weights: what generation uses. */
  synchronized List<NDArray> merged(List<LoraAdapter> active) {
    return merged.computeIfAbsent(
        List.copyOf(active),
        key -> {
          List<NDArray> all = new ArrayList<>();
          for (int i = 0; i < config.layers(); i++) {
            NDArray[] arrays = of(i, key, keeper, false).toArray(NDArray[]::new);
            for (Site site : Site.values()) {
              int slot = site.slot();
              if (arrays[slot + 2] != base.empty()) {
                arrays[slot] =
                    kernels.one(
                        keeper, false, "merge", arrays[slot], arrays[slot + 2], arrays[slot + 3]);
                arrays[slot + 2] = base.empty();
                arrays[slot + 3] = base.empty();
              }
            }
            all.addAll(Arrays.asList(arrays));
          }
          return all;
        });
  }

  private List<NDArray> join(int layer, List<LoraAdapter> active, NDManager scope, boolean graph) {
    NDArray[] arrays = base.layer(layer, scope, graph);
    for (Site site : Site.values()) {
      adapt(arrays, site, layer, active, scope, graph);
    }
    return Arrays.asList(arrays);
  }

  private void adapt(
      NDArray[] arrays,
      Site site,
      int layer,
      List<LoraAdapter> active,
      NDManager scope,
      boolean graph) {
    List<TensorRef> parts = site.parts(base.layout(), layer, false);
    boolean any =
        parts.stream().anyMatch(part -> active.stream().anyMatch(a -> a.pair(part).isPresent()));
    if (!any) {
      return;
    }
    List<NDArray> down = new ArrayList<>();
    List<NDArray> up = new ArrayList<>();
    double[] scales = new double[parts.size() * active.size()];
    for (TensorRef part : parts) {
      for (LoraAdapter adapter : active) {
        Optional<LoraPair> pair = adapter.pair(part);
        scales[up.size()] = pair.map(LoraPair::scale).orElse(0.0);
        down.add(pair.map(p -> p.down().value()).orElseGet(() -> zeroRank(0, inputs(part))));
        up.add(pair.map(p -> p.up().value()).orElseGet(() -> zeroRank(outputs(part), 0)));
      }
    }
    NDList joined = kernels.call(scope, graph, "join_lora", down, up, scales, active.size());
    arrays[site.slot() + 2] = joined.get(0);
    arrays[site.slot() + 3] = joined.get(1);
  }

  private NDArray zeroRank(long rows, long columns) {
    return absent.computeIfAbsent(
        rows << 32 | columns, key -> manager.create(new Shape(rows, columns)));
  }

  private static long inputs(TensorRef ref) {
    return ref.transposed() ? ref.shape().get(0) : ref.shape().get(1);
  }

  private static long outputs(TensorRef ref) {
    return ref.transposed() ? ref.shape().get(1) : ref.shape().get(0);
  }
}
