package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChatRequestTest {
  private static final List<ChatMessage> HELLO = List.of(new ChatMessage("user", "hello"));

  @Test
  void keyChangesWithEverythingThatMayChangeTheReply() {
    JudgePrompt prompt = new JudgePrompt("c");
    JudgeQuestion question = TestJudges.question(0);
    List<ChatRequest> requests =
        List.of(
            new ChatRequest("m", 0, 50, true, false, prompt.messages(question)),
            new ChatRequest("m", 0, 50, true, false, prompt.messages(question.swapped())),
            new ChatRequest("n", 0, 50, true, false, prompt.messages(question)),
            new ChatRequest("m", 0.5, 50, true, false, prompt.messages(question)),
            new ChatRequest("m", 0, 51, true, false, prompt.messages(question)),
            new ChatRequest("m", 0, 50, false, false, prompt.messages(question)),
            new ChatRequest("m", 0, 50, true, true, prompt.messages(question)),
            new ChatRequest("m", 0, 50, true, false, new JudgePrompt("d").messages(question)));
    Set<String> keys = new HashSet<>();

    requests.forEach(request -> keys.add(request.key()));

    assertThat(keys).hasSameSizeAs(requests);
    assertThat(requests.get(0).key())
        .isEqualTo(new ChatRequest("m", 0, 50, true, false, prompt.messages(question)).key())
        .hasSize(64);
  }

  @Test
  void bodyIsOpenAisFormat() {
    assertThat(new ChatRequest("m", 0, 50, true, true, HELLO).body())
        .isEqualTo(
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],"
                + "\"temperature\":0.0,\"max_tokens\":50,"
                + "\"response_format\":{\"type\":\"json_object\"},"
                + "\"logprobs\":true,\"top_logprobs\":5}");
  }
}
