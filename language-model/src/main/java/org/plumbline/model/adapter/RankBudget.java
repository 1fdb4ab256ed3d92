package org.plumbline.model.adapter;

/**
 * How AdaLoRA's ranks go down (Zhang et al. 2023, section 3.3): all are kept while warming up, then
 * the budget falls by a cubic to the target, then it stays.
 *
 * @param warmup first steps with all ranks
 * @param settled last steps with the target's ranks
 * @param every steps between cuts
 * @param total steps of the training
 * @param sensitivity weight of the past in the mean sensitivity, β₁
 * @param uncertainty weight of the past in the mean uncertainty, β₂
 * @param orthogonality weight of ‖A Aᵀ − I‖ and ‖Bᵀ B − I‖ in the loss
 */
public record RankBudget(
    int warmup,
    int settled,
    int every,
    int total,
    double sensitivity,
    double uncertainty,
    double orthogonality) {
  public RankBudget {
    if (every < 1 || warmup < 0 || settled < 0) {
      throw new IllegalArgumentException(
          "adalora.every=%d, warmup=%d, settled=%d: needed: at least 1, 0, 0"
              .formatted(every, warmup, settled));
    }
  }
}
