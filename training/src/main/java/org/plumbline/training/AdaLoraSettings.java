package org.plumbline.training;

import java.util.List;
import org.plumbline.model.adapter.AdaLora;
import org.plumbline.model.adapter.RankBudget;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Key {@code adalora:} of a stage; see {@link AdaLora} and {@link RankBudget}.
 *
 * @param initialRank ranks at the start
 * @param targetRank mean rank at the end
 * @param alpha numerator of the scale
 * @param dropout on the adapter's input while training
 * @param targets as of lora
 * @param warmup share of the steps with all ranks
 * @param settled share of the steps, the last, with the final ranks
 * @param every steps between cuts
 * @param beta1 weight of the past in the mean sensitivity
 * @param beta2 weight of the past in the mean uncertainty
 * @param orthogonality weight of the penalty that keeps A and B orthogonal
 */
public record AdaLoraSettings(
    @Default("12") int initialRank,
    @Default("8") int targetRank,
    @Default("32") double alpha,
    @Default("0.0") double dropout,
    @Default("[all-linear]") List<String> targets,
    @Default("0.1") double warmup,
    @Default("0.3") double settled,
    @Default("1") int every,
    @Default("0.85") double beta1,
    @Default("0.85") double beta2,
    @Default("0.5") double orthogonality) {
  public AdaLoraSettings {
    Check.positive("adalora.initial_rank", initialRank);
    Check.positive("adalora.target_rank", targetRank);
    Check.that(
        targetRank <= initialRank,
        () ->
            "adalora.target_rank=%d cannot be met from initial_rank=%d; needed: at most as much"
                .formatted(targetRank, initialRank));
    Check.positive("adalora.alpha", alpha);
    Check.fraction("adalora.dropout", dropout);
    Check.notEmpty("adalora.targets", targets);
    Check.fraction("adalora.warmup", warmup);
    Check.fraction("adalora.settled", settled);
    Check.that(
        warmup + settled < 1,
        () ->
            "adalora.warmup=%s and adalora.settled=%s leave no step to cut ranks in"
                .formatted(warmup, settled));
    Check.positive("adalora.every", every);
    Check.fraction("adalora.beta1", beta1);
    Check.fraction("adalora.beta2", beta2);
    Check.nonNegative("adalora.orthogonality", orthogonality);
  }

  AdaLora toConfig(long steps) {
    return new AdaLora(
        initialRank,
        targetRank,
        alpha,
        dropout,
        targets,
        new RankBudget(
            (int) Math.round(warmup * steps),
            (int) Math.round(settled * steps),
            every,
            Math.toIntExact(steps),
            beta1,
            beta2,
            orthogonality));
  }
}
