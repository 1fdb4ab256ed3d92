package org.plumbline.feedback;

/** Port to whatever stands behind {@link SampleJudgeServer}: an opinion from the texts alone. */
@FunctionalInterface
public interface PairOpinion {
  /** Probability that answer A is better, in [0, 1]; ½ is a tie. */
  double probabilityA(String prompt, String answerA, String answerB);
}
