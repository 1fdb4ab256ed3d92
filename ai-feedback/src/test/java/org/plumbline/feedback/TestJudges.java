package org.plumbline.feedback;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Configs, questions and verdicts that tests share. */
final class TestJudges {
  /** For sessions that ask a server of their own. */
  static final SampleJudge NO_SAMPLE_WORLD =
      new SampleJudge(
          "none",
          (prompt, a, b) -> {
            throw new AssertionError("the sample world was asked");
          });

  private TestJudges() {}

  /** A fast and patient judge at the address. */
  static JudgeConfig config(String url) {
    return config(url, false);
  }

  static JudgeConfig config(String url, boolean bothOrders) {
    return new JudgeConfig(
        url,
        Optional.of("test-model"),
        Optional.empty(),
        0,
        bothOrders,
        JudgeConfig.DEFAULT_CRITERIA,
        true,
        false,
        50,
        5,
        4,
        0.002,
        0,
        4,
        Optional.empty(),
        false,
        1,
        2);
  }

  /** Question i, whose better answer is A for even i. */
  static JudgeQuestion question(int i) {
    String good = "good reply " + i;
    String bad = "bad reply " + i;
    return new JudgeQuestion(
        "q" + i, "prompt " + i, i % 2 == 0 ? good : bad, i % 2 == 0 ? bad : good);
  }

  static List<JudgeQuestion> questions(int n) {
    return IntStream.range(0, n).mapToObj(TestJudges::question).toList();
  }

  /** The right answer to {@link #question}, read from the texts. */
  static Outcome right(JudgeQuestion question) {
    return question.answerA().startsWith("good") ? Outcome.A : Outcome.B;
  }

  static Verdict verdict(Outcome outcome) {
    return new Verdict(
        outcome,
        OptionalDouble.empty(),
        List.of(new Asked("ab", outcome, List.of("raw"))),
        new Usage(1, 10, 2),
        0.5);
  }

  /** A chat completion around the content, 7 tokens read and 3 written. */
  static String completion(String content) {
    ObjectNode reply = JsonNodeFactory.instance.objectNode();
    ObjectNode choice = reply.putArray("choices").addObject().put("finish_reason", "stop");
    choice.putObject("message").put("role", "assistant").put("content", content);
    reply.putObject("usage").put("prompt_tokens", 7).put("completion_tokens", 3);
    return reply.toString();
  }
}
