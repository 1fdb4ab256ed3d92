package org.plumbline.training.memory;

import java.util.List;
import java.util.Map;
import org.plumbline.model.architecture.Site;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;

/** Bytes of a base's tensors as the engine holds them. */
public final class WeightBytes {
  static final int FLOAT = 4;

  /**
   * A weight in four bits with one scale for 64 of them, the scales in eight bits with a float32
   * for 256 of these (QLoRA's double quantisation, Dettmers et al. 2023, section 3).
   */
  private static final double FOUR_BITS = 0.5 + 1.0 / 64 + 4.0 / (64 * 256);

  private final TransformerConfig config;
  private final TensorLayout layout;
  private final int width;

  /** Of a model computed in this dtype. */
  public WeightBytes(TransformerConfig config, DType compute) {
    this.config = config;
    this.layout = TensorLayout.of(config);
    this.width = compute.bytes();
  }

  /** Numbers in all tensors. */
  long parameters() {
    return layout.all().stream().mapToLong(WeightBytes::size).sum();
  }

  /** Numbers that full fine-tuning trains. */
  long trained(int frozenLayers, boolean frozenEmbeddings) {
    return layout.all().stream()
        .filter(
            ref ->
                ref.layer() >= 0
                    ? ref.layer() >= frozenLayers
                    : !(frozenEmbeddings && isEmbedding(ref.role())))
        .mapToLong(WeightBytes::size)
        .sum();
  }

  private static boolean isEmbedding(Role role) {
    return switch (role) {
      case TOKEN_EMBEDDING, POSITION_EMBEDDING, TYPE_EMBEDDING, EMBEDDING_NORM -> true;
      default -> false;
    };
  }

  /** A frozen base: the compute dtype, linear layers in four bits if quantised. */
  public long frozen(boolean quantised) {
    long linear = quantised ? linear() : 0;
    return (parameters() - linear) * width + Math.round(linear * FOUR_BITS);
  }

  /** Numbers in the linear layers of all layers. */
  private long linear() {
    long all = 0;
    for (int layer = 0; layer < config.layers(); layer++) {
      all += linear(layer);
    }
    return all;
  }

  private long linear(int layer) {
    long all = 0;
    for (Site site : Site.values()) {
      all += site.parts(layout, layer, false).stream().mapToLong(WeightBytes::size).sum();
    }
    return all;
  }

  /** Linear layers of one layer, taken out of four bits while it is computed. */
  long unpackedLayer() {
    return linear(0) * width;
  }

  /** Copies that merged adapters make of all linear layers. */
  public long merged() {
    return linear() * width;
  }

  /** Copies of trained masters in the layers, made in the graph: joined sites, or another dtype. */
  long copies() {
    long all = 0;
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Site site : Site.values()) {
        List<TensorRef> parts = site.parts(layout, layer, false);
        if (parts.size() > 1 || width != FLOAT || parts.stream().anyMatch(TensorRef::transposed)) {
          all += parts.stream().mapToLong(WeightBytes::size).sum() * width;
        }
      }
      for (Role role : List.of(Role.EXPERT_GATE, Role.EXPERT_UP, Role.EXPERT_DOWN)) {
        all += layout.every(role, layer, false).stream().mapToLong(WeightBytes::size).sum() * width;
      }
    }
    return all;
  }

  /** Low-rank pairs joined to the sites' shapes, block by block, in the compute dtype. */
  long joined(Map<TensorRef, Integer> ranks) {
    long all = 0;
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Site site : Site.values()) {
        List<TensorRef> parts = site.parts(layout, layer, false);
        long rank = rank(parts, ranks);
        if (rank > 0) {
          long out = parts.stream().mapToLong(WeightBytes::outputs).sum();
          all += rank * (inputs(parts.get(0)) + out) * width;
        }
      }
    }
    return all;
  }

  static long rank(List<TensorRef> parts, Map<TensorRef, Integer> ranks) {
    return parts.stream().mapToLong(part -> ranks.getOrDefault(part, 0)).sum();
  }

  /** Numbers in the largest tensor. */
  long largest() {
    return layout.all().stream().mapToLong(WeightBytes::size).max().orElse(0);
  }

  /** Numbers in the largest layer. */
  long layer() {
    return layout.all().stream().filter(r -> r.layer() == 0).mapToLong(WeightBytes::size).sum();
  }

  static long size(TensorRef ref) {
    return ref.shape().stream().reduce(1L, Math::multiplyExact);
  }

  static long inputs(TensorRef ref) {
    return ref.transposed() ? ref.shape().get(0) : ref.shape().get(1);
  }

  static long outputs(TensorRef ref) {
    return ref.transposed() ? ref.shape().get(1) : ref.shape().get(0);
  }

  TensorLayout layout() {
    return layout;
  }
}
