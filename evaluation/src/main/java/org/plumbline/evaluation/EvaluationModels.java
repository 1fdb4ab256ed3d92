package org.plumbline.evaluation;

import java.io.IOException;
import org.plumbline.stage.RunContext;

/** Port to the models: evaluation knows texts, token ids and numbers, no tensors. */
public interface EvaluationModels {
  /** Loads a policy or the reference; one is open at a time. */
  EvaluatedPolicy open(ModelEntry model, EvaluateConfig config, RunContext context)
      throws IOException;

  /** Loads the reward model behind one of {@code config.rewards()}. */
  ReplyScorer openReward(String reward, EvaluateConfig config, RunContext context)
      throws IOException;
}
