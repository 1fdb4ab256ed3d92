package org.plumbline.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Prompt;
import org.plumbline.testing.TestRun;
import org.plumbline.training.ParameterUpdates;
import org.plumbline.training.Schedule;
import org.plumbline.training.ScheduleConfig;
import org.plumbline.training.ScheduleKind;

/** Sampling and update together climb a reward whose optimum is known. */
class PpoLearningTest {
  private static final int UPDATES = 10;

  @TempDir private Path folder;

  @Test
  void aPolicyRewardedForEvenTokensComesToPreferThem() throws IOException {
    TinyWorld world = TinyWorld.write(folder);
    PpoConfig config =
        TinyWorld.parse(
            world
                .yaml(", value: policy, max_grad_norm: 0, epochs: 2")
                .replace("batch_size: 8", "batch_size: 64")
                .replace("max_new_tokens: 6", "max_new_tokens: 1"));
    List<Prompt> prompts = new ArrayList<>(world.promptRows(32));
    prompts.addAll(world.promptRows(32));
    try (TestRun run = new TestRun(folder.resolve("run"));
        Agent agent = Agent.open(config, run);
        RolloutCollector collector = new RolloutCollector(config, agent, 7);
        NDManager scope = agent.policy().model().newScope();
        ParameterUpdates optimizer =
            new ParameterUpdates(config.optimizer(), scope, agent.parameters(), List.of(), 1)) {
      Schedule constant = new Schedule(ScheduleConfig.of(ScheduleKind.CONSTANT, 0), 0.02, 1);
      PpoUpdate update = new PpoUpdate(config, agent, optimizer, constant, 7);
      List<Double> shares = new ArrayList<>();
      List<Double> valueLosses = new ArrayList<>();
      for (int i = 0; i < UPDATES; i++) {
        Rollout rollout = rewarded(collector.collect(prompts, "rollout", i, true));
        shares.add(Arrays.stream(rollout.scores()).average().orElseThrow());
        double[][] rewards =
            TokenRewards.shape(
                new double[rollout.scores().length][1], 0, rollout.scores(), rollout.last());
        Gae.Targets raw = new Gae(1, 0.95).estimate(rewards, rollout.values());
        Gae.Targets targets =
            new Gae.Targets(Masked.whiten(raw.advantages(), rollout.mask(), true), raw.returns());
        Map<String, Double> metrics = update.run(rollout, targets, i);
        valueLosses.add(metrics.get("loss/value_avg"));
      }
      assertThat(shares.get(0)).isCloseTo(0.5, within(0.15));
      assertThat(mean(shares.subList(UPDATES - 3, UPDATES)))
          .as("shares of even tokens: %s", shares)
          .isGreaterThan(0.8);
      assertThat(valueLosses.get(UPDATES - 1)).isLessThan(valueLosses.get(0));
    }
  }

  /** Score 1 for a reply whose token has an even id. */
  private static Rollout rewarded(Rollout rollout) {
    double[] scores = new double[rollout.scores().length];
    for (int b = 0; b < scores.length; b++) {
      int start = rollout.sequences().get(b).start();
      scores[b] = rollout.sequences().get(b).ids()[start] % 2 == 0 ? 1 : 0;
    }
    return new Rollout(
        rollout.prompts(),
        rollout.sequences(),
        rollout.replies(),
        rollout.ended(),
        scores,
        rollout.logProbs(),
        rollout.reference(),
        rollout.values(),
        rollout.entropy());
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(v -> v).average().orElseThrow();
  }
}
