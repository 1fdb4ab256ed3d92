package org.plumbline.training;

import java.util.List;
import java.util.Map;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.LoraStart;
import org.plumbline.model.adapter.TrainedBias;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Key {@code lora:} of a stage; see {@link Lora}.
 *
 * @param rank rows of A
 * @param alpha numerator of the scale
 * @param dropout on the adapter's input while training
 * @param targets module names, or all-linear
 * @param rslora true for alpha / sqrt(rank)
 */
public record LoraSettings(
    @Default("16") int rank,
    @Default("32") double alpha,
    @Default("0.0") double dropout,
    @Default("[all-linear]") List<String> targets,
    @Default("false") boolean rslora) {
  public LoraSettings {
    Check.positive("lora.rank", rank);
    Check.positive("lora.alpha", alpha);
    Check.fraction("lora.dropout", dropout);
    Check.notEmpty("lora.targets", targets);
  }

  /** The adapter's shape. */
  public Lora toConfig() {
    return new Lora(
        rank,
        alpha,
        dropout,
        targets,
        rslora,
        false,
        LoraStart.NORMAL,
        TrainedBias.NONE,
        List.of(),
        Map.of(),
        Map.of(),
        List.of());
  }
}
