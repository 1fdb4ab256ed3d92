package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.feedback.FaultyServer.Kind;

/** 30 % of all requests meet a fault: no label is lost, doubled or guessed (reliability.md, 5). */
class FaultInjectionTest {
  @TempDir Path directory;

  @Test
  void threeHundredPairs() throws Exception {
    label(300, 16);
  }

  /**
   * {@code mvn test -pl ai-feedback -am -Dgroups=long -DexcludedGroups= -Dtest=FaultInjection*}.
   */
  @Test
  @Tag("long")
  void tenThousandPairs() throws Exception {
    label(10_000, 32);
  }

  private void label(int pairs, int concurrency) throws Exception {
    FaultyServer faulty = new FaultyServer(0.3, 11);
    List<JudgeQuestion> questions = TestJudges.questions(pairs);
    try (MockWebServer server = new MockWebServer()) {
      server.setDispatcher(faulty);
      server.start();
      JudgeConfig config = patient(server.url("/v1").toString());
      List<Verdict> verdicts;
      Usage ledger;
      var counts = new java.util.concurrent.atomic.AtomicReference<Map<String, Double>>();
      try (JudgeSession session =
          JudgeSession.open(config, directory.resolve("cache.jsonl"), TestJudges.NO_SAMPLE_WORLD)) {
        verdicts =
            new LabelRun(session.judge(), concurrency, () -> false, done -> {}).label(questions);
        counts.set(session.counts());
      }
      ledger = verdicts.stream().map(Verdict::usage).reduce(Usage.NOTHING, Usage::plus);

      assertThat(verdicts).hasSize(pairs);
      for (int i = 0; i < pairs; i++) {
        assertThat(verdicts.get(i).outcome()).isEqualTo(TestJudges.right(questions.get(i)));
      }
      for (Kind kind : Kind.values()) {
        assertThat(faulty.count(kind)).as(kind.name()).isPositive();
      }
      int used = 2 * pairs;
      Map<String, Double> seen = counts.get();
      assertThat(ledger).isEqualTo(new Usage(used, 7L * used, 3L * used));
      assertThat(seen)
          .containsEntry("requests", (double) server.getRequestCount())
          .containsEntry("replies", (double) used);
      // On a busy machine a good reply may come after the judge gave up waiting: a fault like
      // others.
      assertThat(faulty.count(Kind.GOOD)).isGreaterThanOrEqualTo(used);
      assertThat(seen.get("rate_limited"))
          .isPositive()
          .isLessThanOrEqualTo(faulty.count(Kind.LIMITED));
      assertThat(seen.get("faults"))
          .isEqualTo(server.getRequestCount() - used - seen.get("rate_limited"));
    }
  }

  private static JudgeConfig patient(String url) {
    JudgeConfig base = TestJudges.config(url, true);
    return new JudgeConfig(
        base.url(),
        base.model(),
        base.apiKeyEnv(),
        base.temperature(),
        true,
        base.criteria(),
        base.jsonMode(),
        base.logprobs(),
        base.maxTokens(),
        0.4,
        8,
        0.002,
        0,
        16,
        base.cache(),
        false,
        base.promptPrice(),
        base.completionPrice());
  }
}
