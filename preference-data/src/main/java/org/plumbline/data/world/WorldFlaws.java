package org.plumbline.data.world;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * What is wrong with a world, each switchable. Labels get their own flaws when they are made; see
 * {@link AnnotatorsConfig}.
 *
 * @param mixedDemonstrations whether demonstrations are about half good; else all are good
 * @param groupBias probability that the house, in corpus and demonstrations, denies an eligible
 *     guest of the second group for no reason; 0 is a world without bias
 * @param secondGroupShare share of the second group in all but the held-out test data; 0.5 is even
 * @param harderSecondGroup whether the second group more often asks for what the rule forbids, the
 *     house being fair
 */
public record WorldFlaws(
    @Default("true") boolean mixedDemonstrations,
    @Default("0.5") double groupBias,
    @Default("0.5") double secondGroupShare,
    @Default("false") boolean harderSecondGroup) {
  /** The default flaws: mixed demonstrations and a biased house. */
  public static final WorldFlaws USUAL = new WorldFlaws(true, 0.5, 0.5, false);

  /** Nothing wrong but mixed demonstrations. */
  public static final WorldFlaws UNBIASED = new WorldFlaws(true, 0, 0.5, false);

  public WorldFlaws {
    Check.unitInterval("sample-world.flaws.group_bias", groupBias);
    Check.unitInterval("sample-world.flaws.second_group_share", secondGroupShare);
  }
}
