package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
      var counts = new java.util.concurrent.atomic.AtomicReference<java.util.Map<String, Double>>();
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
      int good = faulty.count(Kind.GOOD);
      int limited = faulty.count(Kind.LIMITED);
      assertThat(good).isEqualTo(2 * pairs);
      assertThat(ledger).isEqualTo(new Usage(good, 7L * good, 3L * good));
      assertThat(counts.get())
          .containsEntry("requests", (double) server.getRequestCount())
          .containsEntry("replies", (double) good)
          .containsEntry("rate_limited", (double) limited)
          .containsEntry("faults", (double) server.getRequestCount() - good - limited);
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
