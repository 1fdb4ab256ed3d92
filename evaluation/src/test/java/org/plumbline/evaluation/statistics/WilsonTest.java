package org.plumbline.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.plumbline.stage.Json;
import org.plumbline.stage.statistics.Interval;
import org.plumbline.testing.Golden;

class WilsonTest {
  /** statsmodels' proportion_confint, in whichever file holds one; tolerance 1e-9 relative. */
  @Test
  @Tag("parity")
  void agreesWithStatsmodels() throws IOException {
    Golden.require("metrics");
    int cases = 0;
    for (Path file : Golden.files("metrics", ".json")) {
      JsonNode golden = Json.read(file).path("win_rate_interval");
      if (golden.isObject()) {
        Interval interval = Wilson.interval(golden.get("wins").asDouble(), golden.get("n").asInt());
        double low = golden.get("wilson95").get(0).asDouble();
        double high = golden.get("wilson95").get(1).asDouble();
        assertThat(interval.low()).isCloseTo(low, within(1e-9 * low));
        assertThat(interval.high()).isCloseTo(high, within(1e-9 * high));
        cases++;
      }
    }
    assertThat(cases).isPositive();
  }

  @Test
  void staysWithinZeroAndOne() {
    assertThat(Wilson.interval(0, 10).low()).isZero();
    assertThat(Wilson.interval(10, 10).high()).isCloseTo(1, within(1e-12)).isLessThanOrEqualTo(1);
    assertThat(Wilson.interval(0, 10).high()).isCloseTo(0.2775, within(1e-4));
  }

  @Test
  void noTrialsSayNothing() {
    assertThat(Wilson.interval(0, 0)).isEqualTo(new Interval(0.5, 0, 1, 0));
  }
}
