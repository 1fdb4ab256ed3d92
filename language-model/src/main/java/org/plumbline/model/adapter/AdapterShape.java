package org.plumbline.model.adapter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;

/**
 * What a method adds to a base, counted without making it.
 *
 * @param parameters numbers in its tensors, a head that scores left out
 * @param ranks of the modules that get a low-rank pair
 * @param outputHead whether the output head is among what it has whole
 */
public record AdapterShape(long parameters, Map<TensorRef, Integer> ranks, boolean outputHead) {
  public AdapterShape {
    ranks = Map.copyOf(ranks);
  }

  /**
   * Counts a fresh adapter.
   *
   * @param modules of the base that it has whole
   * @throws IllegalArgumentException if no module matches the targets, or one cannot be had whole
   */
  public static AdapterShape of(
      AdapterMethod method, List<String> modules, TransformerConfig base) {
    TensorLayout layout = TensorLayout.of(base);
    Map<TensorRef, Integer> ranks = new LinkedHashMap<>();
    if (method instanceof Lora lora) {
      for (TensorRef ref : Targets.of(layout, lora.targets(), "lora.targets")) {
        if (lora.layers().isEmpty() || lora.layers().contains(ref.layer())) {
          ranks.put(ref, lora.rank(ref));
        }
      }
    } else if (method instanceof AdaLora ada) {
      Targets.of(layout, ada.targets(), "adalora.targets")
          .forEach(ref -> ranks.put(ref, ada.initialRank()));
    }
    List<TensorRef> whole = SavedModules.of(base, layout, modules);
    long values =
        whole.stream().mapToLong(ref -> ref.shape().stream().reduce(1L, (a, b) -> a * b)).sum();
    return new AdapterShape(
        count(method, base, layout, ranks) + values,
        ranks,
        whole.stream().anyMatch(ref -> ref.role() == Role.LM_HEAD));
  }

  private static long count(
      AdapterMethod method,
      TransformerConfig base,
      TensorLayout layout,
      Map<TensorRef, Integer> r) {
    long hidden = base.hiddenSize();
    long keys = (long) base.kvHeads() * base.headDim();
    if (method instanceof Lora lora) {
      return pairs(r) + (lora.dora() ? r.keySet().stream().mapToLong(Targets::outputs).sum() : 0);
    }
    if (method instanceof AdaLora) {
      return pairs(r) + r.values().stream().mapToLong(rank -> rank).sum();
    }
    if (method instanceof Ia3 ia3) {
      return Targets.of(layout, ia3.targets(), "ia3.targets").stream()
          .mapToLong(
              ref ->
                  Targets.matches(ref, ia3.feedForward())
                      ? Targets.inputs(ref)
                      : Targets.outputs(ref))
          .sum();
    }
    if (method instanceof Bottleneck bottleneck) {
      long width = Math.max(1, Math.round(hidden / bottleneck.reduction()));
      int places = bottleneck.places() == Bottleneck.Places.HOULSBY ? 2 : 1;
      return base.layers() * places * (2 * hidden * width + width + hidden);
    }
    if (method instanceof PrefixTuning prefix) {
      long width = prefix.inputOnly() ? hidden : base.layers() * 2 * keys;
      long inner = prefix.inputOnly() ? hidden : keys;
      long encoder = prefix.encoderWidth();
      return encoder > 0
          ? prefix.tokens() * inner + (inner + 1) * encoder + (encoder + 1) * width
          : prefix.tokens() * width;
    }
    if (method instanceof PTuning tuning) {
      long inner = tuning.encoderWidth() > 0 ? tuning.encoderWidth() : hidden;
      return tuning.tokens() * hidden
          + (hidden + 1) * inner
          + (inner + 1) * inner
          + (inner + 1) * hidden;
    }
    return ((PromptTuning) method).tokens() * hidden;
  }

  private static long pairs(Map<TensorRef, Integer> ranks) {
    return ranks.entrySet().stream()
        .mapToLong(e -> e.getValue() * (Targets.inputs(e.getKey()) + Targets.outputs(e.getKey())))
        .sum();
  }
}
