package org.plumbline.pipeline.cli;

import java.util.List;
import org.plumbline.data.preferences.PreferencesStage;
import org.plumbline.data.world.SampleWorldStage;
import org.plumbline.evaluation.EvaluateStage;
import org.plumbline.feedback.AiFeedbackStage;
import org.plumbline.pipeline.LoadedModels;
import org.plumbline.pipeline.ModelSamplers;
import org.plumbline.pipeline.StageCatalog;
import org.plumbline.ppo.PpoStage;
import org.plumbline.reward.RewardStage;
import org.plumbline.sft.PretrainStage;
import org.plumbline.sft.SftStage;
import org.plumbline.sft.classify.ClassifyStage;

/** All stages there are, in the order in which a pipeline runs them. */
final class Stages {
  private Stages() {}

  static StageCatalog catalog() {
    return new StageCatalog(
        List.of(
            new SampleWorldStage(),
            new PretrainStage(),
            new SftStage(),
            new ClassifyStage(),
            new PreferencesStage(),
            new AiFeedbackStage(new ModelSamplers()),
            new RewardStage(),
            new PpoStage(),
            new EvaluateStage(new LoadedModels())));
  }
}
