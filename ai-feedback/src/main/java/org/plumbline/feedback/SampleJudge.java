package org.plumbline.feedback;

import org.plumbline.data.world.SampleJudgeModel;
import org.plumbline.data.world.SampleWorldStage;

/**
 * The sample world's judge before it has a server.
 *
 * @param name stands for its version and settings in cache keys
 */
public record SampleJudge(String name, PairOpinion opinion) {
  /** The judge that misjudges by the given seed. */
  public static SampleJudge of(long seed) {
    return new SampleJudge(
        "sample-judge:%s:%d".formatted(SampleWorldStage.VERSION, seed),
        new SampleJudgeModel(seed)::probabilityA);
  }
}
