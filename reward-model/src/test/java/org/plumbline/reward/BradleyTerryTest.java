package org.plumbline.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.testing.Golden;
import org.plumbline.testing.JsonNumbers;

/** The pairwise loss against TRL's numbers, and at its extremes. */
class BradleyTerryTest {
  private static final double TOLERANCE = 1e-5;

  @Tag("parity")
  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    Golden.require("losses");
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : Golden.files("losses", ".json")) {
      JsonNode golden = JsonNumbers.read(file);
      JsonNode inputs = golden.path("inputs");
      if (inputs.has("rewards") && inputs.has("margin")) {
        golden
            .path("cases")
            .forEach(
                c ->
                    tests.add(
                        DynamicTest.dynamicTest(c.path("name").asText(), () -> check(inputs, c))));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private static void check(JsonNode inputs, JsonNode wanted) {
    double[] rewards = JsonNumbers.doubles(inputs.path("rewards"));
    int n = rewards.length / 2;
    JsonNode config = wanted.path("config");
    double[] margins =
        config.path("use_margin").asBoolean()
            ? JsonNumbers.doubles(inputs.path("margin"))
            : new double[n];
    BradleyTerry.Result result =
        BradleyTerry.loss(
            Arrays.copyOf(rewards, n),
            Arrays.copyOfRange(rewards, n, 2 * n),
            margins,
            config.path("center_rewards_coefficient").asDouble(0),
            n);
    JsonNode expected = wanted.path("expected");
    JsonNode metrics = expected.path("metrics");
    assertNumbers(result.loss(), result.accuracy(), result.margin())
        .isCloseTo(
            new double[] {
              expected.path("loss").asDouble(),
              metrics.path("accuracy").asDouble(),
              metrics.path("margin").asDouble()
            },
            TOLERANCE,
            TOLERANCE);
    double[] grad = Arrays.copyOf(result.chosenGrad(), 2 * n);
    System.arraycopy(result.rejectedGrad(), 0, grad, n, n);
    assertNumbers(grad)
        .isCloseTo(JsonNumbers.doubles(expected.path("grad_rewards")), TOLERANCE, TOLERANCE);
  }

  @Test
  void farApartRewardsNeitherOverflowNorVanish() {
    BradleyTerry.Result wrong = one(-1000, 1000);
    assertThat(wrong.loss()).isCloseTo(2000, within(1e-9));
    assertThat(wrong.chosenGrad()).containsExactly(-1);
    BradleyTerry.Result right = one(1000, -1000);
    assertThat(right.loss()).isZero();
    assertThat(right.chosenGrad()[0]).isZero();
  }

  @Test
  void equalRewardsCostLogTwoAndAreNotCorrect() {
    BradleyTerry.Result tie = one(3, 3);
    assertThat(tie.loss()).isCloseTo(Math.log(2), within(1e-12));
    assertThat(tie.accuracy()).isZero();
    assertThat(tie.chosenGrad()[0]).isCloseTo(-0.5, within(1e-12));
  }

  @Test
  void partsOfAStepAddUpToIt() {
    double[] chosen = {0.3, -1.2, 2};
    double[] rejected = {0.1, 0.4, -1};
    double[] margins = {0, 0.5, 1};
    BradleyTerry.Result whole = BradleyTerry.loss(chosen, rejected, margins, 0.1, 3);
    double loss = 0;
    for (int i = 0; i < 3; i++) {
      BradleyTerry.Result part =
          BradleyTerry.loss(
              new double[] {chosen[i]},
              new double[] {rejected[i]},
              new double[] {margins[i]},
              0.1,
              3);
      loss += part.loss();
      assertThat(part.chosenGrad()[0]).isEqualTo(whole.chosenGrad()[i]);
      assertThat(part.rejectedGrad()[0]).isEqualTo(whole.rejectedGrad()[i]);
    }
    assertThat(loss).isCloseTo(whole.loss(), within(1e-12));
  }

  private static BradleyTerry.Result one(double chosen, double rejected) {
    return BradleyTerry.loss(new double[] {chosen}, new double[] {rejected}, new double[1], 0, 1);
  }
}
