package org.plumbline.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.data.Prompt;
import org.plumbline.stage.RunContext;

/** Models that always say the same. */
final class FakeModels {
  static final String POLITE = "good morning . yes , you may have the key . thank you for asking .";

  /** "rude" says one thing to all; "kind" another, at 3 nats from "rude". */
  static final EvaluationModels RUDE_AND_KIND =
      new EvaluationModels() {
        @Override
        public EvaluatedPolicy open(ModelEntry model, EvaluateConfig config, RunContext context) {
          return new FakePolicy(model.label().equals("rude") ? "go away ." : POLITE);
        }

        @Override
        public ReplyScorer openReward(String reward, EvaluateConfig config, RunContext context) {
          return new LengthReward();
        }
      };

  private record FakePolicy(String text) implements EvaluatedPolicy {
    @Override
    public List<Reply> generate(List<Prompt> prompts, int samples, long seed) {
      List<Reply> replies = new ArrayList<>();
      for (int i = 0; i < prompts.size() * samples; i++) {
        replies.add(new Reply(text, new int[text.split(" ").length + 1], i % 4 != 0));
      }
      return replies;
    }

    @Override
    public double[] logProbabilities(List<Prompt> prompts, List<Reply> replies) {
      return replies.stream().mapToDouble(r -> r.text().equals(text) ? -2 : -5).toArray();
    }

    @Override
    public void close() {}
  }

  private record LengthReward() implements ReplyScorer {
    @Override
    public double[] score(List<Prompt> prompts, List<String> replies) {
      return replies.stream().mapToDouble(String::length).toArray();
    }

    @Override
    public void close() {}
  }

  private FakeModels() {}
}
