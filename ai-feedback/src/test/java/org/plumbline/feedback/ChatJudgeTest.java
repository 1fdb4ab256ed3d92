package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChatJudgeTest {
  private final List<ChatRequest> asked = new ArrayList<>();

  private Verdict judge(ChatReply... replies) {
    Chat chat =
        request -> {
          asked.add(request);
          return replies[asked.size() - 1];
        };
    return new ChatJudge(chat, TestJudges.config("http://localhost/v1"))
        .compare(TestJudges.question(0));
  }

  private static ChatReply reply(String content) {
    return new ChatReply(content, "stop", new Usage(1, 1_000_000, 500_000), Optional.empty());
  }

  @Test
  void readableReplyIsTheVerdict() {
    Verdict verdict = judge(reply("{\"winner\": \"B\"}"));

    assertThat(verdict.outcome()).isEqualTo(Outcome.B);
    assertThat(verdict.cost()).isEqualTo(1 * 1 + 0.5 * 2);
    assertThat(asked).hasSize(1);
  }

  @Test
  void unreadableReplyIsAskedOnceMore() {
    Verdict verdict = judge(reply("I prefer A"), reply("{\"winner\": \"tie\"}"));

    assertThat(verdict.outcome()).isEqualTo(Outcome.TIE);
    assertThat(verdict.usage().replies()).isEqualTo(2);
    assertThat(asked.get(1).messages())
        .extracting(ChatMessage::role)
        .containsExactly("system", "user", "assistant", "user");
  }

  @Test
  void twoUnreadableRepliesAreNoVerdictWithTheRawTextKept() {
    Verdict verdict = judge(reply("I prefer A"), reply("A, as I said: {\"winner\": \"A\"}"));

    assertThat(verdict.outcome()).isEqualTo(Outcome.NONE);
    assertThat(verdict.preferenceForA()).isEmpty();
    assertThat(verdict.orders().get(0).replies())
        .containsExactly("I prefer A", "A, as I said: {\"winner\": \"A\"}");
  }

  @Test
  void refusedRequestIsNoVerdictEvenIfItsTextReadsLikeOne() {
    Verdict verdict =
        judge(
            new ChatReply(
                "{\"winner\": \"A\"}", ChatReply.REFUSED, Usage.NOTHING, Optional.empty()));

    assertThat(verdict.outcome()).isEqualTo(Outcome.NONE);
    assertThat(asked).hasSize(1);
  }

  @Test
  void probabilityComesFromTheWinnersToken() throws Exception {
    JsonNode tokens =
        new ObjectMapper()
            .readTree(
                "{\"content\":[{\"token\":\"{\\\"\"},{\"token\":\"winner\"},{\"token\":\"\\\":"
                    + " \\\"\"},{\"token\":\"A\",\"top_logprobs\":["
                    + "{\"token\":\"A\",\"logprob\":-0.5108256237659907},"
                    + "{\"token\":\"B\",\"logprob\":-1.6094379124341003},"
                    + "{\"token\":\"tie\",\"logprob\":-2}]},{\"token\":\"\\\"}\"}]}");
    Verdict verdict =
        judge(new ChatReply("{\"winner\": \"A\"}", "stop", Usage.NOTHING, Optional.of(tokens)));

    assertThat(verdict.probabilityA().getAsDouble()).isCloseTo(0.75, within(1e-9));
  }
}
