package org.plumbline.data.world;

import java.util.List;
import org.plumbline.data.world.language.Intent;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Sizes and flaws of a sample world.
 *
 * @param intents what guests ask for; empty: all intents. Worlds of different intents are different
 *     domains of one language
 * @param corpus dialogues for pretraining, replies of mixed quality
 * @param demonstrations dialogues to imitate; a tenth as many again for validation
 * @param pairs candidate pairs to be labelled; a tenth as many again for validation
 * @param testPairs clean pairs of held-out patterns
 * @param prompts prompts to train a policy on
 * @param validationPrompts prompts of the validation patterns
 * @param testPrompts prompts of held-out patterns, each rendered for every group
 * @param flaws what is wrong with this world
 */
public record SampleWorldConfig(
    @Default("easy") Level level,
    List<Intent> intents,
    @Default("24000") int corpus,
    @Default("4000") int demonstrations,
    @Default("4000") int pairs,
    @Default("1000") int testPairs,
    @Default("4000") int prompts,
    @Default("200") int validationPrompts,
    @Default("300") int testPrompts,
    @Default("{}") WorldFlaws flaws) {
  public SampleWorldConfig {
    intents = List.copyOf(intents);
    Check.that(
        intents.stream().distinct().count() == intents.size(),
        () -> "sample-world.intents holds one of them twice");
    Check.atLeast("sample-world.corpus", corpus, 1);
    Check.atLeast("sample-world.demonstrations", demonstrations, 10);
    Check.atLeast("sample-world.pairs", pairs, 10);
    Check.atLeast("sample-world.test_pairs", testPairs, 1);
    Check.atLeast("sample-world.prompts", prompts, 1);
    Check.atLeast("sample-world.validation_prompts", validationPrompts, 1);
    Check.atLeast("sample-world.test_prompts", testPrompts, 1);
  }

  /** A world of all intents. */
  public SampleWorldConfig(
      Level level,
      int corpus,
      int demonstrations,
      int pairs,
      int testPairs,
      int prompts,
      int validationPrompts,
      int testPrompts,
      WorldFlaws flaws) {
    this(
        level,
        List.of(),
        corpus,
        demonstrations,
        pairs,
        testPairs,
        prompts,
        validationPrompts,
        testPrompts,
        flaws);
  }

  /** What guests ask for, named or not. */
  List<Intent> asked() {
    return intents.isEmpty() ? List.of(Intent.values()) : intents;
  }

  /** The default sizes with given flaws. */
  public static SampleWorldConfig with(WorldFlaws flaws) {
    return new SampleWorldConfig(Level.EASY, 24000, 4000, 4000, 1000, 4000, 200, 300, flaws);
  }
}
