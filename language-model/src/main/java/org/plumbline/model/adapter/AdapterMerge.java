package org.plumbline.model.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.tensor.Parameter;

/** Several LoRAs with weights as one, as PEFT's {@code add_weighted_adapter} makes it. */
public final class AdapterMerge {
  private static final String SCRIPT = "/org/plumbline/model/kernels/combine.py";

  private AdapterMerge() {}

  /** How matrices become one pair. */
  public enum Combination {
    /** A and B are summed apart, each with the root of the weight: an approximation. */
    LINEAR,
    /** One below the other: exact, and the ranks add up. */
    CAT,
    /** The nearest pair of the highest rank among them. */
    SVD;

    private String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An adapter and its share.
   *
   * @param weight of any sign
   */
  public record Weighted(Adapter adapter, double weight) {}

  /**
   * Combines.
   *
   * @param owner owns the tensors
   * @param layout of the base that all stand on
   * @param changed run after a tensor was written
   * @throws IllegalArgumentException naming an adapter that is more than plain matrices, or ranks
   *     that do not go together
   */
  public static Adapter of(
      NDManager owner,
      TensorLayout layout,
      String name,
      List<Weighted> adapters,
      Combination how,
      Runnable changed) {
    adapters.forEach(AdapterMerge::requirePlain);
    int rank = rank(adapters, how);
    AdapterParts parts = new AdapterParts();
    try (NDManager scope = owner.newSubManager()) {
      KernelScript kernels = KernelScript.load(scope, SCRIPT, Map.of());
      for (TensorRef ref : layout.all()) {
        List<Weighted> here =
            adapters.stream().filter(one -> one.adapter().lowRank(ref).isPresent()).toList();
        if (!here.isEmpty()) {
          NDList pair = combine(kernels, scope, ref, here, rank, how);
          LowRank like = here.get(0).adapter().lowRank(ref).orElseThrow();
          Parameter down = parameter(owner, like.down().name(), pair.get(0), changed);
          Parameter up = parameter(owner, like.up().name(), pair.get(1), changed);
          parts.lowRank(ref, new LowRank(down, up, 1));
        }
      }
    }
    List<String> modules = parts.lowRanks.keySet().stream().map(TensorRef::module).toList();
    Lora method = Lora.of(rank, rank, 0, modules);
    return Adapter.stored(
        name, method, parts, List.of(), HeadPlace.of(layout, parts.prefix()), null);
  }

  private static NDList combine(
      KernelScript kernels,
      NDManager scope,
      TensorRef ref,
      List<Weighted> here,
      int rank,
      Combination how) {
    List<NDArray> downs = new ArrayList<>();
    List<NDArray> ups = new ArrayList<>();
    double[] weights = new double[here.size()];
    for (Weighted one : here) {
      LowRank pair = one.adapter().lowRank(ref).orElseThrow();
      weights[downs.size()] = one.weight() * pair.scale();
      downs.add(pair.down().value());
      ups.add(pair.up().value());
    }
    Optional<NDArray> other =
        downs.stream().filter(a -> !a.getShape().equals(downs.get(0).getShape())).findFirst();
    if (how == Combination.LINEAR && other.isPresent()) {
      throw new IllegalArgumentException(
          "combination linear needs adapters of one rank, but at %s they have %d and %d; use cat or svd"
              .formatted(
                  ref.module(), downs.get(0).getShape().get(0), other.get().getShape().get(0)));
    }
    return kernels.call(scope, false, how.key(), downs, ups, weights, rank);
  }

  private static Parameter parameter(
      NDManager owner, String name, NDArray value, Runnable changed) {
    value.attach(owner);
    value.setRequiresGradient(true);
    return new Parameter(name, value, changed);
  }

  private static int rank(List<Weighted> adapters, Combination how) {
    var ranks =
        adapters.stream()
            .mapToInt(
                one ->
                    one.adapter().lowRanks().values().stream()
                        .mapToInt(LowRank::rank)
                        .max()
                        .orElseThrow());
    return how == Combination.CAT ? ranks.sum() : ranks.max().orElseThrow();
  }

  private static void requirePlain(Weighted one) {
    Adapter adapter = one.adapter();
    boolean matrices =
        adapter.lowRanks().values().stream().mapToInt(pair -> pair.parameters().size()).sum()
            == adapter.parameters().size();
    boolean plain = adapter.method() instanceof Lora lora && !lora.dora();
    if (!plain || !matrices || adapter.lowRanks().isEmpty()) {
      throw new IllegalArgumentException(
          "adapter %s (%s) cannot be combined; needed: LoRA without magnitudes, biases or a head of its own"
              .formatted(adapter.name(), adapter.method().peftType()));
    }
  }
}
