package org.plumbline.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Prompt;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.testing.TestRun;
import org.plumbline.training.ParameterUpdates;
import org.plumbline.training.Schedule;

/**
 * Policy, reference and value model on shared bases, and what is asserted about them at run time.
 */
@Tag("invariant")
class AgentInvariantTest {
  @TempDir private static Path folder;
  private static TinyWorld world;
  private static List<Prompt> prompts;

  @BeforeAll
  static void write() throws IOException {
    world = TinyWorld.write(folder);
    prompts = world.promptRows(8);
  }

  private static TestRun run(String name) {
    return new TestRun(folder.resolve(name));
  }

  /** Gives an adapter's B random values, so that it changes its model. */
  private static void disturb(Agent agent, Adapter adapter, double deviation) {
    for (Parameter parameter : adapter.parameters()) {
      float[] values = new float[(int) parameter.size()];
      Gaussians.fill(values, deviation, new java.util.SplittableRandom(9));
      agent.policy().model().carrier().write(parameter.value(), values);
      parameter.changed().run();
    }
  }

  @Test
  void aPolicyThatDoesNotStartAtItsReferenceIsRefused() {
    PpoConfig config = world.config(", updates: 1");
    try (TestRun run = run("moved");
        Agent agent = Agent.open(config, run)) {
      disturb(agent, agent.adapter(), 0.1);
      try (PpoTrainer trainer = new PpoTrainer(config, agent, run, prompts, prompts)) {
        assertThatThrownBy(trainer::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageMatching(
                "at step 0 policy and reference differ by [0-9.e-]+ nats at a token \\(bound 1e-04\\); the reference is not the model that the policy starts from");
      }
    }
  }

  @Test
  void anUpdateWhoseLogProbabilitiesDisagreeWithSamplingIsRefused() {
    PpoConfig config = world.config(", updates: 1");
    try (TestRun run = run("disagree");
        Agent agent = Agent.open(config, run);
        RolloutCollector collector = new RolloutCollector(config, agent, 7);
        NDManager scope = agent.policy().model().newScope();
        ParameterUpdates optimizer =
            new ParameterUpdates(config.optimizer(), scope, agent.parameters(), List.of(), 1)) {
      Rollout rollout = collector.collect(prompts, "rollout", 0, true);
      Arrays.setAll(rollout.logProbs()[2], t -> rollout.logProbs()[2][t] + 0.02);
      Gae.Targets targets = new Gae(1, 0.95).estimate(rollout.values(), rollout.values());
      PpoUpdate update =
          new PpoUpdate(config, agent, optimizer, new Schedule(config.schedule(), 1e-3, 4), 7);
      assertThatThrownBy(() -> update.run(rollout, targets, 2))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageMatching(
              "update 3 starts with a log ratio of 0.0[0-9]+ per token where 0 is needed \\(bound 1e-04\\); sampling and update disagree about the policy");
    }
  }

  @Test
  void logProbabilitiesAndValuesDoNotDependOnNeighboursNorOnPadding() {
    PpoConfig config = world.config(", temperature: 0.7");
    try (TestRun run = run("padding");
        Agent agent = Agent.open(config, run);
        RolloutCollector collector = new RolloutCollector(config, agent, 7)) {
      disturb(agent, agent.adapter(), 0.05);
      disturb(agent, agent.valueAdapter(), 0.05);
      Rollout rollout = collector.collect(prompts, "rollout", 0, true);
      SequenceScorer alone = new SequenceScorer(agent.policy().model(), 1);
      SequenceScorer values = new SequenceScorer(agent.valueModel(), 1);
      List<float[]> single = alone.logProbs(rollout.sequences(), agent.policyActive(), 0.7);
      List<float[]> states = values.tokenScores(rollout.sequences(), agent.valueActive());
      assertThat(rollout.sequences().stream().map(s -> s.ids().length).distinct().count())
          .isGreaterThan(2);
      for (int b = 0; b < prompts.size(); b++) {
        assertNumbers(rollout.logProbs()[b]).isCloseTo(wide(single.get(b)), 1e-5, 0);
        assertNumbers(rollout.values()[b]).isCloseTo(wide(states.get(b)), 1e-5, 0);
      }
    }
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  @Test
  void aReplyDependsOnItsAddressAloneAndAMissingEndCostsItsPenalty() {
    PpoConfig plain = world.config("");
    PpoConfig strict = world.config(", missing_end_penalty: 5");
    try (TestRun run = run("replies");
        Agent agent = Agent.open(plain, run);
        RolloutCollector free = new RolloutCollector(plain, agent, 7);
        RolloutCollector costly = new RolloutCollector(strict, agent, 7)) {
      Rollout all = free.collect(prompts, "rollout", 3, false);
      Rollout some = free.collect(prompts.subList(0, 3), "rollout", 3, false);
      assertThat(some.replies()).isEqualTo(all.replies().subList(0, 3));
      assertThat(free.collect(prompts, "rollout", 4, false).replies()).isNotEqualTo(all.replies());
      double[] scores = costly.collect(prompts, "rollout", 3, false).scores();
      for (int b = 0; b < scores.length; b++) {
        double penalty = all.ended()[b] ? 0 : 5;
        assertThat(scores[b]).isCloseTo(all.scores()[b] - penalty, within(1e-5));
      }
      assertThat(all.ended()).contains(false);
    }
  }

  @Test
  void aValueModelOnTheRewardModelStartsAsTheRewardModel() {
    PpoConfig config = world.config("");
    try (TestRun run = run("value");
        Agent agent = Agent.open(config, run);
        RolloutCollector collector = new RolloutCollector(config, agent, 7)) {
      Rollout rollout = collector.collect(prompts, "rollout", 0, true);
      SequenceScorer scorer = new SequenceScorer(agent.reward().bundle().model(), 4);
      List<float[]> wanted =
          scorer.tokenScores(rollout.sequences(), agent.reward().bundle().active());
      for (int b = 0; b < prompts.size(); b++) {
        assertNumbers(rollout.values()[b]).isCloseTo(wide(wanted.get(b)), 1e-6, 0);
      }
    }
  }
}
