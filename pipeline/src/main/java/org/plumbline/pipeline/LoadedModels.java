package org.plumbline.pipeline;

import java.io.IOException;
import java.util.List;
import org.plumbline.data.Prompt;
import org.plumbline.evaluation.EvaluateConfig;
import org.plumbline.evaluation.EvaluatedPolicy;
import org.plumbline.evaluation.EvaluationModels;
import org.plumbline.evaluation.ModelEntry;
import org.plumbline.evaluation.ReplyScorer;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.safetensors.DType;
import org.plumbline.reward.RewardModel;
import org.plumbline.stage.RunContext;

/** Joins evaluation's ports to language models and reward models. */
public final class LoadedModels implements EvaluationModels {
  private static final int REWARD_MAX_LENGTH = 4096;

  @Override
  public EvaluatedPolicy open(ModelEntry model, EvaluateConfig config, RunContext context)
      throws IOException {
    return SampledPolicy.forEvaluation(model, config, context);
  }

  @Override
  public ReplyScorer openReward(String reward, EvaluateConfig config, RunContext context) {
    RewardModel model =
        RewardModel.open(
            context.resolve(reward),
            new LoadOptions(DType.F32, false, context.device()),
            REWARD_MAX_LENGTH);
    return new ReplyScorer() {
      @Override
      public double[] score(List<Prompt> prompts, List<String> replies) {
        return model.score(prompts, replies);
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }
}
