package org.plumbline.training;

import org.plumbline.model.adapter.Bottleneck;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Key {@code bottleneck:} of a stage; see {@link Bottleneck}.
 *
 * @param places after attention and MLP (houlsby), or after the MLP (pfeiffer)
 * @param reduction width of the model over that of the bottleneck
 * @param activation between the two layers
 */
public record BottleneckSettings(
    @Default("houlsby") Bottleneck.Places places,
    @Default("16") double reduction,
    @Default("relu") Bottleneck.Activation activation) {
  public BottleneckSettings {
    Check.that(
        reduction >= 1, () -> "bottleneck.reduction=%s must be at least 1".formatted(reduction));
  }

  Bottleneck toConfig() {
    return new Bottleneck(places, reduction, activation);
  }
}
