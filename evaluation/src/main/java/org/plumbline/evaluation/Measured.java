package org.plumbline.evaluation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.world.truth.TruthScore;
import org.plumbline.feedback.Outcome;

/**
 * All that was measured of one model; every array has one value per reply.
 *
 * @param kl log π − log π_ref in nats; absent without a reference
 * @param rewards by reward model
 * @param truth where the world has one
 * @param judged against the baseline's reply, A being this model's; empty without a judge
 */
public record Measured(
    ModelEntry model,
    List<Reply> replies,
    Optional<double[]> kl,
    Map<String, double[]> rewards,
    Optional<List<TruthScore>> truth,
    List<Outcome> judged) {
  String label() {
    return model.label();
  }
}
