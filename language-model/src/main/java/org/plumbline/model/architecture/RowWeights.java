package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.LowRank;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;

/**
 * A base whose rows each have low-rank pairs of their own beside the weights. The pairs of the
 * batch's different lists of adapters are stacked once; each row then picks its own.
 */
final class RowWeights implements LayerWeights.Joined {
  private final NDManager scope;
  private final KernelScript kernels;
  private final BaseWeights base;
  private final LayerWeights.Joined plain;
  private final List<List<Adapter>> lists;
  private final List<Stack> stacks = new ArrayList<>();
  private final List<List<NDArray>> layers = new ArrayList<>();
  private int[] places;
  private NDManager picked;

  /**
   * The pairs of a site, those of all lists.
   *
   * @param down (lists, R, in), of smaller ranks 0 behind them
   * @param up (lists, R, out), scale included
   */
  private record Stack(int layer, int slot, NDArray down, NDArray up) {}

  /**
   * Stacks the pairs.
   *
   * @param plain the base without adapters
   * @param scope owns what is made
   */
  RowWeights(
      NDManager scope,
      KernelScript kernels,
      TransformerConfig config,
      BaseWeights base,
      LayerWeights.Joined plain,
      RowAdapters.Each adapters) {
    this.scope = scope;
    this.kernels = kernels;
    this.base = base;
    this.plain = plain;
    this.lists = adapters.rows().stream().distinct().toList();
    this.places = adapters.rows().stream().mapToInt(lists::indexOf).toArray();
    this.picked = scope.newSubManager();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Site site : Site.values()) {
        stack(site, layer).ifPresent(stacks::add);
      }
      layers.add(plain.layer(layer));
    }
    pick();
  }

  @Override
  public TunedWeights outside() {
    return plain.outside();
  }

  @Override
  public List<NDArray> layer(int layer) {
    return layers.get(layer);
  }

  @Override
  public boolean byRow() {
    return true;
  }

  @Override
  public boolean keep(int[] rows) {
    int[] fewer = Arrays.stream(rows).map(row -> places[row]).toArray();
    if (Arrays.equals(fewer, places)) {
      return false;
    }
    places = fewer;
    picked.close();
    picked = scope.newSubManager();
    pick();
    return true;
  }

  /** Gives each row the pairs of its list. */
  private void pick() {
    boolean inOrder = Arrays.equals(places, IntStream.range(0, lists.size()).toArray());
    for (int layer = 0; layer < layers.size(); layer++) {
      layers.set(layer, new ArrayList<>(plain.layer(layer)));
    }
    try (NDManager inner = scope.newSubManager()) {
      NDArray rows = Masks.longs(inner, places);
      for (Stack stack : stacks) {
        List<NDArray> both = List.of(stack.down(), stack.up());
        List<NDArray> own = inOrder ? both : kernels.call(picked, "keep_rows", both, rows);
        layers.get(stack.layer()).set(stack.slot() + 2, own.get(0));
        layers.get(stack.layer()).set(stack.slot() + 3, own.get(1));
      }
    }
  }

  /**
   * A pair where it belongs.
   *
   * @param list place of its list
   * @param start first row of its module in the site
   */
  private record Piece(LowRank pair, int list, long start) {}

  private Optional<Stack> stack(Site site, int layer) {
    List<Piece> pieces = new ArrayList<>();
    long outputs = 0;
    for (TensorRef part : site.parts(base.layout(), layer, false)) {
      for (int list = 0; list < lists.size(); list++) {
        for (Adapter adapter : lists.get(list)) {
          Optional<LowRank> pair = adapter.lowRank(part);
          if (pair.isPresent()) {
            pieces.add(new Piece(pair.get(), list, outputs));
          }
        }
      }
      outputs += TunedWeights.outputs(part);
    }
    if (pieces.isEmpty()) {
      return Optional.empty();
    }
    try (NDManager inner = scope.newSubManager()) {
      NDList both =
          kernels.call(
              scope,
              "stack_pairs",
              pieces.stream().map(p -> TunedWeights.down(kernels, inner, false, p.pair())).toList(),
              pieces.stream().map(p -> p.pair().up().value()).toList(),
              pieces.stream().mapToDouble(p -> p.pair().scale()).toArray(),
              pieces.stream().mapToLong(Piece::list).toArray(),
              pieces.stream().mapToLong(Piece::start).toArray(),
              lists.size(),
              outputs);
      return Optional.of(new Stack(layer, site.slot(), both.get(0), both.get(1)));
    }
  }
}
