package org.plumbline.pipeline;

import org.plumbline.feedback.AiFeedbackConfig;
import org.plumbline.feedback.AnswerSampler;
import org.plumbline.feedback.AnswerSamplers;
import org.plumbline.stage.RunContext;

/** Joins ai-feedback's port to language models. */
public final class ModelSamplers implements AnswerSamplers {
  @Override
  public AnswerSampler open(AiFeedbackConfig config, RunContext context) {
    return SampledPolicy.forFeedback(config, context);
  }
}
