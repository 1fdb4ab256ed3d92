package org.plumbline.model.config;

import java.util.Collections;
import java.util.Optional;

/** Mixtral (Jiang et al. 2024): Mistral with a mixture of experts in place of each MLP. */
final class MixtralFamily extends LlamaLike {
  private static final double THETA = 1e6;

  MixtralFamily() {
    super("mixtral", "Mixtral");
  }

  @Override
  double defaultEpsilon() {
    return 1e-5;
  }

  @Override
  RopeKeys.Defaults ropeDefaults() {
    return new RopeKeys.Defaults(THETA, 1, false);
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    int layers = draft.sizes().layers();
    DecoderSizes.requireFullAttention(keys, layers);
    draft.windows(Collections.nCopies(layers, Windows.one(keys, 0)));
    keys.mustBeOff("router_jitter_noise", 0);
    boolean balanced = keys.flag("output_router_logits", false);
    double coefficient = keys.number("router_aux_loss_coef", 0.001);
    Experts experts =
        new Experts(
            keys.positive("num_local_experts", 8),
            keys.positive("num_experts_per_tok", 2),
            balanced ? coefficient : 0);
    if (experts.perToken() > experts.count()) {
      throw keys.wrong(
          "num_experts_per_tok",
          Integer.toString(experts.perToken()),
          "num_local_experts is %d".formatted(experts.count()));
    }
    draft.experts = Optional.of(experts);
  }
}
