package org.plumbline.training;

import java.util.Optional;
import org.plumbline.stage.config.Alias;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * An update rule and its constants; those of other rules are not read.
 *
 * @param kind the rule
 * @param beta1 decay of the first moment (Adam, AdamW in 32 or 8 bits, AdamW within Muon)
 * @param beta2 decay of the second moment (Adam, AdamW in 32 or 8 bits, AdamW within Muon)
 * @param epsilon added to the denominator; absent: PyTorch's default of the rule
 * @param weightDecay share of the weights taken away per unit of learning rate
 * @param amsgrad keep the largest second moment (Reddi et al. 2018)
 * @param momentum of SGD, RMSprop (0 if absent) and Muon (0.95)
 * @param dampening of SGD's momentum
 * @param nesterov SGD's look-ahead momentum
 * @param smoothing decay of RMSprop's mean square
 * @param centered RMSprop by the variance
 * @param decayVectors true to decay norm weights and biases too, as bare torch optimizers do
 */
public record OptimizerConfig(
    @Default("adamw") @Alias("optim") OptimizerKind kind,
    @Default("0.9") @Alias("adam_beta1") double beta1,
    @Default("0.999") @Alias("adam_beta2") double beta2,
    @Alias("adam_epsilon") Optional<Double> epsilon,
    @Default("0.0") double weightDecay,
    @Default("false") boolean amsgrad,
    Optional<Double> momentum,
    @Default("0.0") double dampening,
    @Default("false") boolean nesterov,
    @Default("0.99") double smoothing,
    @Default("false") boolean centered,
    @Default("false") boolean decayVectors) {
  public OptimizerConfig {
    Check.unitInterval("beta1", beta1);
    Check.unitInterval("beta2", beta2);
    Check.nonNegative("weight_decay", weightDecay);
    momentum.ifPresent(value -> Check.nonNegative("momentum", value));
    Check.unitInterval("smoothing", smoothing);
    epsilon.ifPresent(value -> Check.positive("epsilon", value));
    Check.that(
        !amsgrad || kind != OptimizerKind.ADAMW_8BIT,
        () -> "amsgrad is true but adamw_8bit keeps no largest second moment; use adamw");
  }

  /** A rule at its defaults. */
  public static OptimizerConfig of(OptimizerKind kind) {
    return new OptimizerConfig(
        kind,
        0.9,
        0.999,
        Optional.empty(),
        0,
        false,
        Optional.empty(),
        0,
        false,
        0.99,
        false,
        false);
  }

  /** The momentum in use. */
  double effectiveMomentum() {
    return momentum.orElse(kind == OptimizerKind.MUON ? 0.95 : 0.0);
  }

  /** The constant in use: PyTorch's default where the recipe is silent. */
  double effectiveEpsilon() {
    return epsilon.orElse(
        switch (kind) {
          case ADAGRAD -> 1e-10;
          case ADAFACTOR -> 1e-30;
          default -> 1e-8;
        });
  }
}
