package org.plumbline.training.memory;

import java.util.List;
import java.util.Map;
import org.plumbline.model.architecture.Site;
import org.plumbline.model.config.Activation;
import org.plumbline.model.config.Normalization;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;

/**
 * Bytes that the graph of one layer keeps, operation by operation as the kernels in transformer.py
 * have them. PyTorch keeps an operand only where the gradient of the other is asked for: the inputs
 * of a frozen linear layer without a low-rank pair are not kept.
 */
final class LayerActivations {
  /** Up to here attention in bfloat16 is plain products on a CPU ({@code attend_short}). */
  private static final int SHORT = 256;

  private final TransformerConfig config;
  private final TensorLayout layout;
  private final boolean trained;
  private final Map<TensorRef, Integer> ranks;
  private final double dropout;
  private final boolean scaledOutputs;
  private final boolean masked;
  private final int width;

  LayerActivations(TrainingShape shape, TensorLayout layout, Map<TensorRef, Integer> ranks) {
    this.config = shape.model();
    this.layout = layout;
    this.trained = shape.tuning().isFull();
    this.ranks = ranks;
    this.dropout = shape.tuning().dropout();
    this.scaledOutputs =
        switch (shape.tuning().chosen()) {
          case DORA, IA3 -> true;
          default -> false;
        };
    this.masked = shape.masked() || !config.attention().linearBiases().isEmpty();
    this.width = shape.compute().bytes();
  }

  /** Norm, queries, keys, values and attention of so many rows. */
  long attention(int rows, int length) {
    long n = (long) rows * length;
    long heads = (long) config.heads() * config.headDim();
    long keys = (long) config.kvHeads() * config.headDim();
    boolean turned = config.rope().isPresent();
    boolean repeated = config.heads() > config.kvHeads();
    long perToken = norm() + site(Site.QKV, true);
    if (config.attention().queryKeyNorm()) {
      perToken += DType.F32.bytes() * (heads + keys);
    }
    long product = width * (heads + 2 * keys);
    long qk = width * (heads + keys);
    if (isShort(length)) {
      // Copies of queries, keys and values; the probabilities; what attention gives.
      perToken += 4 * width * heads + (long) width * config.heads() * length;
    } else if (config.attention().softcap() > 0) {
      // tanh, mask and float32 probabilities, beside their rounded copy.
      long each = width + 1 + DType.F32.bytes() + (width == DType.F32.bytes() ? 0 : width);
      perToken += qk + 3 * width * heads + each * config.heads() * length;
    } else {
      // The values are a view of the whole product unless they are repeated for groups of queries.
      perToken += turned ? qk : 0;
      perToken += repeated ? 2 * width * heads + (turned ? 0 : product) : product;
      perToken += width * heads + (long) DType.F32.bytes() * config.heads();
    }
    if (masked) {
      long slopes = config.attention().linearBiases().isEmpty() ? 1 : config.heads();
      perToken += (long) width * slopes * length;
    }
    return n * perToken;
  }

  private boolean isShort(int length) {
    return width < DType.F32.bytes()
        && length <= SHORT
        && !masked
        && config.attention().causal()
        && config.attention().softcap() == 0;
  }

  /** All behind attention, for so many tokens. */
  long rest(long tokens) {
    long inner = config.intermediateSize();
    long perToken = norm() + site(Site.OUT, false);
    if (config.norm().placement() == Normalization.Placement.AROUND) {
      perToken += 2 * norm();
    }
    if (config.experts().isPresent()) {
      int each = config.experts().get().perToken();
      return tokens * (perToken + each * (long) width * (config.hiddenSize() + 4 * inner));
    }
    perToken += site(Site.UP, true) + site(Site.DOWN, false);
    boolean kept = trained || rank(Site.DOWN) > 0;
    // What goes into the activation; what comes out, beside the gate's partner; their product.
    long arrays = config.gatedMlp() ? 3 + (kept ? 1 : 0) : 1 + (kept ? 1 : 0);
    if (config.activation() == Activation.QUICK_GELU) {
      arrays++;
    }
    return tokens * (perToken + arrays * width * inner);
  }

  /** A norm's input in float32; of a trained one the normalised values too. */
  private long norm() {
    boolean root = config.norm().kind() == Normalization.Kind.RMS;
    long input = (root ? DType.F32.bytes() : width) * (long) config.hiddenSize();
    return input + (root && trained ? width * (long) config.hiddenSize() : 0);
  }

  /**
   * Of a linear site.
   *
   * @param input whether its input is an array of its own, which nothing else keeps
   */
  private long site(Site site, boolean input) {
    List<TensorRef> parts = site.parts(layout, 0, false);
    if (parts.isEmpty()) {
      return 0;
    }
    long in = WeightBytes.inputs(parts.get(0));
    long rank = rank(site);
    long kept = input && (trained || rank > 0) ? in : 0;
    if (rank > 0 && dropout > 0) {
      // The scaled noise; the input itself gives way to what is left of it.
      kept += in + (input ? 0 : in);
    }
    if (scaledOutputs) {
      kept += parts.stream().mapToLong(WeightBytes::outputs).sum();
    }
    return width * (kept + rank);
  }

  private long rank(Site site) {
    return WeightBytes.rank(site.parts(layout, 0, false), ranks);
  }
}
