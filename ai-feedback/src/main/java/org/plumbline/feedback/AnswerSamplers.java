package org.plumbline.feedback;

import java.io.IOException;
import org.plumbline.stage.RunContext;

/** Opens the policy for sampling. */
@FunctionalInterface
public interface AnswerSamplers {
  /** Loads the model behind {@code config.policy()}; the caller closes it. */
  AnswerSampler open(AiFeedbackConfig config, RunContext context) throws IOException;
}
