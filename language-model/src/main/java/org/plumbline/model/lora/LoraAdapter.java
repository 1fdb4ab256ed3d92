package org.plumbline.model.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.model.tensor.Parameter;

/** A named low-rank adapter on one base model, with a head of its own where it scores. */
public final class LoraAdapter {
  private final String name;
  private final LoraConfig config;
  private final Map<TensorRef, LoraPair> pairs;
  private final HeadPlace place;
  private final @Nullable Parameter head;

  /** With the place of its head, which is not read without one. */
  LoraAdapter(
      String name,
      LoraConfig config,
      Map<TensorRef, LoraPair> pairs,
      HeadPlace place,
      @Nullable Parameter head) {
    this.name = name;
    this.config = config;
    this.pairs = pairs;
    this.place = place;
    this.head = head;
  }

  /**
   * A fresh adapter that changes nothing yet: A ~ N(0, 1/r²), B = 0; the head, if any, is 0.
   *
   * @param owner owns the tensors
   * @param headWidth labels of a head of its own, 0 for none
   * @param changed run after a tensor was written
   * @throws IllegalArgumentException if no module matches the targets
   */
  public static LoraAdapter create(
      NDManager owner,
      TensorLayout layout,
      String name,
      LoraConfig config,
      int headWidth,
      int hiddenSize,
      long seed,
      Runnable changed) {
    Map<TensorRef, LoraPair> pairs = new LinkedHashMap<>();
    for (TensorRef ref : layout.all()) {
      if (config.matches(ref)) {
        float[] a = new float[Math.toIntExact(config.rank() * inputs(ref))];
        Gaussians.fill(
            a,
            1.0 / config.rank(),
            new SplittableRandom(seed ^ ref.module().hashCode() * 0x9E3779B97F4A7C15L));
        float[] b = new float[Math.toIntExact(outputs(ref) * config.rank())];
        pairs.put(ref, pair(owner, ref, config.rank(), config.scale(), a, b, changed));
      }
    }
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "lora.targets=%s match no linear layer; the model's are %s, or use all-linear"
              .formatted(config.targets(), lastParts(layout)));
    }
    HeadPlace place = HeadPlace.of(layout);
    Parameter head = null;
    if (headWidth > 0) {
      head = head(owner, place, new float[headWidth * hiddenSize], hiddenSize, changed);
    }
    return new LoraAdapter(name, config, pairs, place, head);
  }

  static LoraPair pair(
      NDManager owner,
      TensorRef ref,
      int rank,
      double scale,
      float[] a,
      float[] b,
      Runnable changed) {
    String prefix = "base_model.model." + ref.module();
    NDArray down = leaf(owner, a, new Shape(rank, inputs(ref)));
    NDArray up = leaf(owner, b, new Shape(outputs(ref), rank));
    return new LoraPair(
        new Parameter(prefix + ".lora_A.weight", down, changed),
        new Parameter(prefix + ".lora_B.weight", up, changed),
        scale);
  }

  static Parameter head(
      NDManager owner, HeadPlace place, float[] values, int hiddenSize, Runnable changed) {
    NDArray value = leaf(owner, values, new Shape(values.length / hiddenSize, hiddenSize));
    return new Parameter(place.weight(), value, changed);
  }

  private static NDArray leaf(NDManager owner, float[] values, Shape shape) {
    NDArray value = owner.create(values, shape);
    value.setRequiresGradient(true);
    return value;
  }

  /** Width of the linear layer's input. */
  static long inputs(TensorRef ref) {
    return ref.transposed() ? ref.shape().get(0) : ref.shape().get(1);
  }

  /** Width of the linear layer's output. */
  static long outputs(TensorRef ref) {
    return ref.transposed() ? ref.shape().get(1) : ref.shape().get(0);
  }

  private static List<String> lastParts(TensorLayout layout) {
    return layout.all().stream()
        .filter(ref -> new LoraConfig(1, 1, 0, List.of(LoraConfig.ALL_LINEAR), false).matches(ref))
        .map(ref -> ref.module().substring(ref.module().lastIndexOf('.') + 1))
        .distinct()
        .toList();
  }

  /** The adapter's name among those of its model. */
  public String name() {
    return name;
  }

  /** Rank, alpha, targets. */
  public LoraConfig config() {
    return config;
  }

  /** The matrices on a linear layer, if it is adapted. */
  public Optional<LoraPair> pair(TensorRef weight) {
    return Optional.ofNullable(pairs.get(weight));
  }

  /** The adapter's own head, without bias: float32 (labels, H). */
  public Optional<Parameter> head() {
    return Optional.ofNullable(head);
  }

  /** Where the head stands. */
  HeadPlace place() {
    return place;
  }

  /** All trained tensors, in the order of the model's layers. */
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    for (LoraPair pair : pairs.values()) {
      all.add(pair.down());
      all.add(pair.up());
    }
    if (head != null) {
      all.add(head);
    }
    return all;
  }
}
