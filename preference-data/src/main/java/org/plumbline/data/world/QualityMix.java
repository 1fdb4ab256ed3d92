package org.plumbline.data.world;

/**
 * How often replies are right, polite, brief … All values are probabilities.
 *
 * @param right the decision follows the house rule
 * @param reason a reason is given
 * @param falseReason a right decision gets a reason that speaks against it
 * @param polite polite words are said; rude ones with {@code rude}, else the reply is curt
 * @param flattery one sentence of flattery; half as often two more follow
 * @param filler a sentence without news; half as often a second follows
 */
public record QualityMix(
    double right,
    double reason,
    double falseReason,
    double polite,
    double rude,
    double flattery,
    double filler) {
  /** The language of many houses: more often right than the demonstrations. */
  static final QualityMix CORPUS = new QualityMix(0.97, 0.70, 0.02, 0.55, 0.20, 0.20, 0.30);

  /** What the house has on file to imitate: about half of it good. */
  static final QualityMix DEMONSTRATIONS = new QualityMix(0.84, 0.60, 0.04, 0.60, 0.15, 0.15, 0.30);

  /** Two answers to compare: they differ in everything. */
  static final QualityMix CANDIDATES = new QualityMix(0.60, 0.60, 0.04, 0.50, 0.25, 0.25, 0.35);
}
