package org.plumbline.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.testing.Golden;
import org.plumbline.testing.JsonNumbers;

/** A rollout and one update from logits to gradients equal TRL's PPO trainer. */
@Tag("parity")
class PpoParityTest {
  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    Golden.require("losses");
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : Golden.files("losses", ".json")) {
      JsonNode golden = JsonNumbers.read(file);
      JsonNode inputs = golden.path("inputs");
      if (inputs.has("old_logits") && inputs.has("vpred")) {
        golden
            .path("cases")
            .forEach(
                c ->
                    tests.add(
                        DynamicTest.dynamicTest(
                            c.path("name").asText(), () -> new Case(inputs, c).check())));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> helpers() throws IOException {
    JsonNode golden = JsonNumbers.read(Golden.require("losses/ppo_helpers.json"));
    double[][] x = PpoCase.matrix(golden.path("x"));
    boolean[][] mask = PpoCase.mask(golden.path("mask"), true);
    return Stream.of(
        DynamicTest.dynamicTest(
            "masked_mean", () -> PpoCase.close(golden.path("masked_mean"), Masked.mean(x, mask))),
        DynamicTest.dynamicTest(
            "masked_mean_axis1",
            () -> {
              for (int b = 0; b < x.length; b++) {
                PpoCase.close(
                    golden.path("masked_mean_axis1").get(b),
                    Masked.mean(new double[][] {x[b]}, new boolean[][] {mask[b]}));
              }
            }),
        DynamicTest.dynamicTest(
            "masked_whiten",
            () -> PpoCase.close(golden.path("masked_whiten"), Masked.whiten(x, mask, true))),
        DynamicTest.dynamicTest(
            "masked_whiten_noshift",
            () ->
                PpoCase.close(
                    golden.path("masked_whiten_noshift"), Masked.whiten(x, mask, false))));
  }

  /** One case: what TRL calls padding_mask ends a reply, padding_mask_p1 one position later. */
  private static final class Case {
    private final JsonNode inputs;
    private final JsonNode config;
    private final JsonNode expected;
    private final int[] lengths;
    private final boolean[][] mask;
    private final boolean[][] valueMask;
    private final double temperature;
    private final double[][] old;
    private final double[][] reference;

    Case(JsonNode inputs, JsonNode golden) {
      this.inputs = inputs;
      this.config = golden.path("config");
      this.expected = golden.path("expected");
      boolean stops = !config.path("stop_token").isNull();
      this.lengths = PpoCase.lengths(inputs, stops);
      this.mask = PpoCase.upTo(lengths, inputs.path("responses").get(0).size(), 0);
      this.valueMask = PpoCase.upTo(lengths, mask[0].length, 1);
      this.temperature = config.path("temperature").asDouble();
      this.old = PpoCase.logProbs(inputs, "old_logits", temperature);
      this.reference = PpoCase.logProbs(inputs, "ref_logits", temperature);
    }

    void check() {
      for (int b = 0; b < lengths.length; b++) {
        assertThat(lengths[b] - 1).isEqualTo(expected.path("sequence_lengths").get(b).asInt());
      }
      assertThat(mask).isDeepEqualTo(PpoCase.mask(expected.path("padding_mask"), false));
      assertThat(valueMask).isDeepEqualTo(PpoCase.mask(expected.path("padding_mask_p1"), false));
      PpoCase.close(expected.path("logprobs_unmasked"), old);
      PpoCase.close(expected.path("ref_logprobs_unmasked"), reference);
      KlEstimator estimator =
          KlEstimator.valueOf(config.path("kl_estimator").asText().toUpperCase(Locale.ROOT));
      double[][] kl = TokenRewards.kl(old, reference, mask, estimator);
      PpoCase.close(expected.path("kl"), kl);
      double[] scores = scores();
      double beta = config.path("kl_coef").asDouble();
      metrics(kl, scores, beta, estimator);
      update(targets(TokenRewards.shape(kl, beta, scores, scoreAt())));
    }

    private double[] scores() {
      double[] scores = JsonNumbers.doubles(inputs.path("scores"));
      long end = inputs.path("eos_token_id").asLong();
      for (int b = 0; b < scores.length; b++) {
        long[] reply = JsonNumbers.longs(inputs.path("responses").get(b));
        boolean ended = Arrays.stream(reply, 0, lengths[b]).anyMatch(id -> id == end);
        scores[b] -= ended ? 0 : config.path("missing_eos_penalty").asDouble(0);
      }
      assertNumbers(scores)
          .isCloseTo(JsonNumbers.doubles(expected.path("scores_after_penalty")), 1e-6, 0);
      return scores;
    }

    /** TRL puts the score one position behind the last token where there is one. */
    private int[] scoreAt() {
      return Arrays.stream(lengths).map(n -> n < mask[0].length ? n : n - 1).toArray();
    }

    private Gae.Targets targets(double[][] shaped) {
      double[][] rewards = shaped;
      if (config.path("whiten_rewards").asBoolean()) {
        rewards = PpoCase.masked(Masked.whiten(shaped, valueMask, false), valueMask);
      }
      PpoCase.close(expected.path("rewards"), rewards);
      double[][] values = PpoCase.masked(PpoCase.matrix(inputs.path("values")), valueMask);
      PpoCase.close(expected.path("values_masked"), values);
      Gae.Targets raw =
          new Gae(config.path("gamma").asDouble(), config.path("lam").asDouble())
              .estimate(rewards, values);
      PpoCase.close(expected.path("returns"), raw.returns());
      double[][] white = PpoCase.masked(Masked.whiten(raw.advantages(), mask, true), mask);
      PpoCase.close(expected.path("advantages"), white);
      return new Gae.Targets(white, raw.returns());
    }

    private void update(Gae.Targets targets) {
      double[][] now = PpoCase.logProbs(inputs, "new_logits", temperature);
      long tokens = Masked.count(mask);
      PolicyLoss.Result policy =
          PolicyLoss.of(
              now, old, targets.advantages(), mask, config.path("cliprange").asDouble(), tokens);
      PpoCase.close(expected.path("pg_loss"), policy.loss());
      PpoCase.close(expected.path("pg_clipfrac"), policy.clipFraction());
      // TRL averages these two over padding as well, where the ratio is 1.
      double share = (double) tokens / (mask.length * mask[0].length);
      PpoCase.close(expected.path("approxkl"), policy.approxKl() * share);
      PpoCase.close(expected.path("ratio_mean"), policy.ratio() * share + 1 - share);
      PpoCase.close(
          expected.path("grad_new_logits"),
          PpoCase.throughSoftmax(inputs, policy.grad(), temperature));
      double coefficient = config.path("vf_coef").asDouble();
      double[][] values = PpoCase.masked(PpoCase.matrix(inputs.path("values")), valueMask);
      ValueLoss.Result value =
          ValueLoss.of(
              PpoCase.matrix(inputs.path("vpred")),
              values,
              targets.returns(),
              valueMask,
              config.path("cliprange_value").asDouble(),
              Masked.count(valueMask));
      PpoCase.close(expected.path("vf_loss"), value.loss());
      PpoCase.close(expected.path("vf_clipfrac"), value.clipFraction());
      PpoCase.close(expected.path("loss"), policy.loss() + coefficient * value.loss());
      PpoCase.close(expected.path("grad_vpred"), PpoCase.scaled(value.grad(), coefficient));
    }

    private void metrics(double[][] kl, double[] scores, double beta, KlEstimator estimator) {
      Rollout rollout =
          new Rollout(
              List.of(),
              List.of(),
              List.of(),
              new boolean[scores.length],
              scores,
              PpoCase.ragged(old, lengths),
              PpoCase.ragged(reference, lengths),
              new double[0][],
              new double[0][]);
      Map<String, Double> metrics = PpoMetrics.of(rollout, PpoCase.ragged(kl, lengths), beta);
      JsonNode wanted = expected.path("metrics");
      String name = estimator == KlEstimator.K1 ? "objective/kl" : "objective/kl_k3";
      PpoCase.close(wanted.path("objective/kl"), metrics.get(name));
      for (String key :
          List.of("objective/non_score_reward", "objective/rlhf_reward", "objective/scores")) {
        PpoCase.close(wanted.path(key), metrics.get(key));
      }
    }
  }
}
