package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.stage.UserException;

@org.junit.jupiter.api.Tag("contract")
class HttpChatTest {
  private static final ChatRequest HELLO =
      new ChatRequest("m", 0, 9, true, false, List.of(new ChatMessage("user", "hello")));

  private final MockWebServer server = new MockWebServer();
  private final CallCounts counts = new CallCounts();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpChat chat() {
    return chat(server.url("/v1").toString(), Duration.ofMillis(1), Duration.ofMillis(20));
  }

  private HttpChat chat(String url, Duration wait, Duration breakerWait) {
    return new HttpChat(
        JudgeSession.route(url),
        Optional.of("sk-canary"),
        Duration.ofMillis(500),
        new Patience(TestJudges.config(url), wait, Duration.ofSeconds(1), breakerWait),
        counts);
  }

  private void enqueue(int code, String body) {
    server.enqueue(new MockResponse.Builder().code(code).body(body).build());
  }

  @Test
  void speaksOpenAisFormatWithTheKeyAsBearerToken() throws Exception {
    enqueue(200, TestJudges.completion("hi"));
    try (HttpChat chat = chat()) {
      ChatReply reply = chat.complete(HELLO);
      RecordedRequest request = server.takeRequest();

      assertThat(reply.content()).isEqualTo("hi");
      assertThat(reply.usage()).isEqualTo(new Usage(1, 7, 3));
      assertThat(request.getRequestLine()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
      assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer sk-canary");
      assertThat(request.getBody().utf8()).isEqualTo(HELLO.body());
    }
  }

  @Test
  void waitsAsLongAsRetryAfterSays() {
    server.enqueue(
        new MockResponse.Builder().code(429).addHeader("Retry-After", "1").body("").build());
    enqueue(200, TestJudges.completion("hi"));
    try (HttpChat chat = chat()) {
      long start = System.nanoTime();

      assertThat(chat.complete(HELLO).content()).isEqualTo("hi");
      assertThat((System.nanoTime() - start) / 1e9).isBetween(1.0, 3.0);
    }
  }

  @Test
  void rateLimitIsNoFailureOfTheEndpoint() {
    for (int i = 0; i < 40; i++) {
      server.enqueue(
          new MockResponse.Builder().code(429).addHeader("Retry-After", "0").body("").build());
    }
    enqueue(200, TestJudges.completion("hi"));
    try (HttpChat chat = chat()) {
      assertThat(chat.complete(HELLO).content()).isEqualTo("hi");
      assertThat(counts.snapshot())
          .containsEntry("rate_limited", 40.0)
          .containsEntry("faults", 0.0);
    }
  }

  @Test
  void openBreakerDelaysAPairRatherThanFailingIt() {
    for (int i = 0; i < 11; i++) {
      enqueue(500, "");
    }
    for (int i = 0; i < 30; i++) {
      enqueue(200, TestJudges.completion("hi"));
    }
    String url = server.url("/v1").toString();
    Patience patience =
        new Patience(
            TestJudges.config(url),
            Duration.ofMillis(1),
            Duration.ofMillis(2),
            Duration.ofMillis(300));
    try (HttpChat chat =
        new HttpChat(
            JudgeSession.route(url), Optional.empty(), Duration.ofSeconds(1), patience, counts)) {
      for (int pair = 0; pair < 2; pair++) { // 5 attempts each, all in vain
        assertThatThrownBy(() -> chat.complete(HELLO))
            .isInstanceOf(JudgeUnavailableException.class)
            .hasMessageContaining("gave no answer: HTTP 500");
      }
      assertThat(patience.openings()).isEqualTo(1);
      long start = System.nanoTime();

      assertThat(chat.complete(HELLO).content()).isEqualTo("hi");
      assertThat((System.nanoTime() - start) / 1e9).isGreaterThan(0.3);
      assertThat(patience.openings()).isZero();
    }
  }

  @Test
  void endpointThatStaysDownExhaustsThePatience() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (HttpChat chat =
        chat("http://127.0.0.1:" + port + "/v1", Duration.ofMillis(1), Duration.ofMillis(5))) {
      for (int pair = 0; pair < 6; pair++) {
        assertThatThrownBy(() -> chat.complete(HELLO))
            .isInstanceOf(JudgeUnavailableException.class)
            .hasMessageContaining("the judge at http://127.0.0.1:" + port);
      }
      assertThat(counts.snapshot().get("requests")).isLessThan(40);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectIsRefusedAndNotFollowed(int code) throws Exception {
    try (MockWebServer elsewhere = new MockWebServer();
        HttpChat chat = chat()) {
      elsewhere.start();
      String target = elsewhere.url("/v1/chat/completions").toString();
      server.enqueue(
          new MockResponse.Builder().code(code).addHeader("Location", target).body("").build());

      assertThatThrownBy(() -> chat.complete(HELLO))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("HTTP " + code)
          .hasMessageContaining("a redirect to " + target + ", which is not followed");
      assertThat(elsewhere.getRequestCount()).isZero();
    }
  }

  @Test
  void wrongKeyIsExplainedWithoutShowingIt() {
    enqueue(401, "{\"error\": \"bad key sk-canary\"}");
    try (HttpChat chat = chat()) {
      assertThatThrownBy(() -> chat.complete(HELLO))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("HTTP 401: the key is missing or not accepted; check the variable")
          .hasMessageNotContaining("sk-canary");
    }
  }

  @Test
  void wrongRouteOrModelIsExplained() {
    enqueue(404, "model not found");
    try (HttpChat chat = chat()) {
      assertThatThrownBy(() -> chat.complete(HELLO))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no such route or model")
          .hasMessageContaining("model not found");
    }
  }

  @Test
  void refusedRequestIsAReplyOfItsOwnKind() {
    enqueue(400, "context too long");
    try (HttpChat chat = chat()) {
      assertThat(chat.complete(HELLO))
          .isEqualTo(
              new ChatReply(
                  "context too long", ChatReply.REFUSED, Usage.NOTHING, Optional.empty()));
    }
  }

  @Test
  void slowDripIsCutOffByTheCallTimeout() {
    for (int i = 0; i < 5; i++) {
      server.enqueue(
          new MockResponse.Builder()
              .body(TestJudges.completion("hi"))
              .throttleBody(10, 100, TimeUnit.MILLISECONDS)
              .build());
    }
    try (HttpChat chat = chat()) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> chat.complete(HELLO))
          .isInstanceOf(JudgeUnavailableException.class)
          .hasMessageContaining("timeout");
      assertThat((System.nanoTime() - start) / 1e9).isLessThan(5);
      assertThat(counts.snapshot()).containsEntry("faults", 5.0);
    }
  }

  @Test
  void hugeResponseIsRefused() {
    for (int i = 0; i < 5; i++) {
      enqueue(200, "x".repeat(5 << 20));
    }
    try (HttpChat chat = chat()) {
      assertThatThrownBy(() -> chat.complete(HELLO))
          .isInstanceOf(JudgeUnavailableException.class)
          .hasMessageContaining("response larger than 4194304 bytes");
    }
  }

  @Test
  void nullContentIsAnEmptyReplyOrTheRefusalsWords() {
    enqueue(
        200,
        "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":null,"
            + "\"refusal\":\"I will not\"}}]}");
    try (HttpChat chat = chat()) {
      assertThat(chat.complete(HELLO).content()).isEqualTo("I will not");
    }
  }
}
