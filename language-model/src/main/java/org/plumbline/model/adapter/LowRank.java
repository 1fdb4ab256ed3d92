package org.plumbline.model.adapter;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.plumbline.model.tensor.Parameter;

/**
 * What low-rank methods put on one linear layer or embedding table: y += scale · B (E ∘ A) x, and
 * with a magnitude m (DoRA, Liu et al. 2024, equation 5) y is scaled row by row to m / ‖W + scale ·
 * B A‖.
 *
 * @param down A, float32 (R, in)
 * @param up B, float32 (out, R)
 * @param scale factor on B A x
 * @param singular E of AdaLoRA (Zhang et al. 2023, equation 3), float32 (R, 1)
 * @param magnitude m, float32 (out)
 */
public record LowRank(
    Parameter down,
    Parameter up,
    double scale,
    Optional<Parameter> singular,
    Optional<Parameter> magnitude) {
  /** Plain LoRA. */
  LowRank(Parameter down, Parameter up, double scale) {
    this(down, up, scale, Optional.empty(), Optional.empty());
  }

  /** The same tensors with another scale. */
  LowRank scaled(double by) {
    return new LowRank(down, up, scale * by, singular, magnitude);
  }

  /** Its trained tensors. */
  public List<Parameter> parameters() {
    return Stream.of(Stream.of(down, up), singular.stream(), magnitude.stream())
        .flatMap(part -> part)
        .toList();
  }

  /** R. */
  public int rank() {
    return Math.toIntExact(down.value().getShape().get(0));
  }
}
