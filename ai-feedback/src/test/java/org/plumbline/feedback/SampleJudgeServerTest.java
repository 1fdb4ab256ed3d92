package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("contract")
class SampleJudgeServerTest {
  @TempDir Path directory;

  private static final PairOpinion PREFERS_GOOD =
      (prompt, a, b) ->
          a.startsWith("good") == b.startsWith("good") ? 0.5 : a.startsWith("good") ? 0.8 : 0.1;

  @Test
  void judgesOverRealHttpInBothOrders() {
    try (SampleJudgeServer server = SampleJudgeServer.start(PREFERS_GOOD);
        JudgeSession session =
            JudgeSession.open(
                config(server.url(), true),
                directory.resolve("cache.jsonl"),
                TestJudges.NO_SAMPLE_WORLD)) {
      List<JudgeQuestion> questions = TestJudges.questions(40);

      List<Verdict> verdicts =
          new LabelRun(session.judge(), 4, () -> false, done -> {}).label(questions);

      assertThat(verdicts)
          .extracting(Verdict::outcome)
          .containsExactlyElementsOf(questions.stream().map(TestJudges::right).toList());
      assertThat(verdicts.get(0).probabilityA().getAsDouble()).isCloseTo(0.85, within(1e-9));
      assertThat(verdicts).allMatch(verdict -> verdict.usage().promptTokens() > 0);
      assertThat(session.judge().compare(new JudgeQuestion("", "p", "same", "also")).outcome())
          .isEqualTo(Outcome.TIE);
    }
  }

  @Test
  void foreignRequestsAreRefused() throws Exception {
    try (SampleJudgeServer server = SampleJudgeServer.start(PREFERS_GOOD)) {
      for (String body :
          List.of(
              "{\"messages\":[]}",
              "not json",
              "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}")) {
        HttpResponse<String> response =
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(URI.create(server.url() + "/chat/completions"))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                    HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("invalid_request_error");
      }
    }
  }

  @Test
  void listensOnTheLoopbackInterfaceOnly() {
    try (SampleJudgeServer server = SampleJudgeServer.start(PREFERS_GOOD)) {
      assertThat(server.url()).startsWith("http://127.0.0.1:");
    }
  }

  private static JudgeConfig config(String url, boolean logprobs) {
    JudgeConfig c = TestJudges.config(url);
    return new JudgeConfig(
        url,
        c.model(),
        Optional.empty(),
        0,
        true,
        c.criteria(),
        true,
        logprobs,
        50,
        5,
        4,
        0.01,
        0,
        4,
        Optional.empty(),
        false,
        0,
        0);
  }
}
