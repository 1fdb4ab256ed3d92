package org.plumbline.training;

import java.util.List;
import java.util.Map;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.LoraStart;
import org.plumbline.model.adapter.TrainedBias;
import org.plumbline.stage.config.Alias;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Key {@code lora:} of a stage, read for lora, rslora, dora, lora+ and qlora; see {@link Lora}.
 *
 * @param rank rows of A
 * @param alpha numerator of the scale
 * @param dropout on the adapter's input while training
 * @param targets module names, or all-linear
 * @param rslora true for alpha / sqrt(rank)
 * @param dora true for a trained magnitude per output
 * @param init of the matrices
 * @param bias biases of the base that are trained too
 * @param layers the only layers with adapters; empty: all
 * @param rankPattern ranks of modules whose names end in a key
 * @param alphaPattern alphas of the same kind
 * @param learningRateRatio rate of B over that of A (lora+)
 */
public record LoraSettings(
    @Default("16") int rank,
    @Default("32") double alpha,
    @Default("0.0") double dropout,
    @Default("[all-linear]") List<String> targets,
    @Default("false") boolean rslora,
    @Default("false") boolean dora,
    @Default("normal") LoraStart init,
    @Default("none") TrainedBias bias,
    @Alias("layers_to_transform") List<Integer> layers,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    @Default("16") double learningRateRatio) {
  public LoraSettings {
    Check.positive("lora.rank", rank);
    Check.positive("lora.alpha", alpha);
    Check.fraction("lora.dropout", dropout);
    Check.notEmpty("lora.targets", targets);
    Check.positive("lora.learning_rate_ratio", learningRateRatio);
    rankPattern.forEach((module, r) -> Check.positive("lora.rank_pattern." + module, r));
  }

  Lora toConfig(TuningMethod method) {
    return new Lora(
        rank,
        alpha,
        dropout,
        targets,
        rslora || method == TuningMethod.RSLORA,
        dora || method == TuningMethod.DORA,
        init,
        bias,
        layers,
        rankPattern,
        alphaPattern);
  }
}
