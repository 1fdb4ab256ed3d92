package org.plumbline.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A chat model that always judges rightly, and counts its calls. */
final class FakeChat implements Chat {
  final AtomicInteger calls = new AtomicInteger();

  @Override
  public ChatReply complete(ChatRequest request) {
    calls.incrementAndGet();
    Outcome winner = TestJudges.right(question(request.body()));
    return new ChatReply(
        "{\"winner\": \"" + winner + "\"}", "stop", new Usage(1, 7, 3), Optional.empty());
  }

  /** The question inside the body of a request. */
  static JudgeQuestion question(String body) {
    try {
      return JudgePrompt.read(new ObjectMapper().readTree(body).at("/messages/1/content").asText())
          .orElseThrow();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(body, e);
    }
  }
}
