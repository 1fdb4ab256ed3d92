package org.plumbline.data.world;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * The eight simulated annotators of a sample world.
 *
 * @param noise probability that a label is flipped, whatever the pair
 * @param lengthTaste how much q a reply of the level's full length gains in their eyes
 * @param flatteryTaste how much q three sentences of flattery gain in their eyes
 * @param biased how many of the eight dislike that guests of the second group are granted anything
 */
public record AnnotatorsConfig(
    @Default("0.1") double noise,
    @Default("0") double lengthTaste,
    @Default("0") double flatteryTaste,
    @Default("0") int biased) {
  /** Annotators of a world. */
  public static final int COUNT = 8;

  /** Ten percent of flipped labels and nothing else. */
  public static final AnnotatorsConfig USUAL = new AnnotatorsConfig(0.1, 0, 0, 0);

  public AnnotatorsConfig {
    Check.that(
        noise >= 0 && noise < 0.5,
        () ->
            "preferences.annotators.noise=%s must be at least 0 and below 0.5: from there on labels mean nothing"
                .formatted(noise));
    Check.nonNegative("preferences.annotators.length_taste", lengthTaste);
    Check.nonNegative("preferences.annotators.flattery_taste", flatteryTaste);
    Check.nonNegative("preferences.annotators.biased", biased);
    Check.atMost("preferences.annotators.biased", biased, COUNT);
  }
}
