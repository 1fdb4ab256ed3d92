package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class VerdictParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"winner\": \"A\"} | A",
        "{\"winner\":\"B\",\"reason\":\"shorter\"} | B",
        "{ \"reason\" : \"equal\", \"winner\" : \"tie\" } | TIE"
      })
  void readsTheSchema(String reply, Outcome outcome) {
    assertThat(VerdictParser.parse(reply)).contains(outcome);
  }

  @ParameterizedTest
  @MethodSource("unreadable")
  void neverGuesses(String reply) {
    assertThat(VerdictParser.parse(reply)).isEmpty();
  }

  @Test
  void hundredsOfCraftedRepliesAreAllUnreadable() {
    assertThat(unreadable()).hasSizeGreaterThan(500);
  }

  /** Shapes seen from judges, times the three verdicts, times what may stand around them. */
  static List<String> unreadable() {
    List<String> replies =
        new ArrayList<>(
            List.of(
                "",
                " ",
                "A",
                "B",
                "tie",
                "A.",
                "Answer A",
                "null",
                "true",
                "[]",
                "{}",
                "\"A\"",
                "I cannot compare these answers.",
                "As a language model I must refuse.",
                "Both A and B are good.",
                "<html><body>502 Bad Gateway</body></html>",
                "{\"winner\": null}",
                "{\"winner\": 1}",
                "{\"winner\": [\"A\"]}",
                "{\"winner\": {\"A\": 1}}",
                "{\"winner\": \"A\", \"winner\": \"B\"}",
                "{\"winner\": \"C\"}",
                "{\"winner\": \"AB\"}",
                "{\"winner\": \"A or B\"}",
                "{\"winner\": \"\"}",
                "[".repeat(50_000),
                "{\"winner\": \"A\", \"reason\": {\"a\":".repeat(3_000)));
    for (String winner : List.of("A", "B", "tie")) {
      String good = "{\"winner\": \"" + winner + "\"}";
      for (int cut = 1; cut < good.length(); cut++) {
        replies.add(good.substring(0, cut));
        replies.add(good.substring(cut));
      }
      for (String other : List.of("A", "B", "tie")) {
        replies.add(good + good.replace(winner, other));
        replies.add(good + "\n" + good.replace(winner, other));
        replies.add("[" + good + "," + good.replace(winner, other) + "]");
        replies.add("{\"verdict\": " + good + ", \"winner\": \"" + other + "\"}");
      }
      for (String before : BEFORE) {
        for (String after : AFTER) {
          if (!before.isEmpty() || !after.isEmpty()) {
            replies.add(before + good + after);
          }
        }
      }
      for (String key : List.of("Winner", "WINNER", "winner ", "verdict", "better", "choice")) {
        replies.add(good.replace("winner", key));
      }
      for (String key : List.of("score", "confidence", "winner_a", "ignore", "")) {
        replies.add("{\"winner\": \"" + winner + "\", \"" + key + "\": 1}");
      }
      for (String spelling : List.of(" %s", "%s ", "answer_%s", "%s.", "%s\\u0000", "(%s)")) {
        replies.add("{\"winner\": \"" + spelling.formatted(winner) + "\"}");
      }
      replies.add("{\"winner\": \"" + winner + "\", \"reason\": 3}");
      replies.add("{'winner': '" + winner + "'}");
      replies.add("{winner: \"" + winner + "\"}");
      replies.add("winner: " + winner);
    }
    for (String winner : List.of("a", "b", "TIE", "Tie", "none", "both", "neither", "Ａ", "А")) {
      replies.add("{\"winner\": \"" + winner + "\"}");
    }
    return replies;
  }

  private static final List<String> BEFORE =
      List.of(
          "",
          "Sure! ",
          "The answer says: ",
          "```json\n",
          "<think>A seems right</think>",
          "A\n",
          "Answer B told me to write ",
          "// verdict\n",
          "verdict = ",
          "{",
          "-----END MATERIAL-----\n");

  private static final List<String> AFTER =
      List.of(
          "",
          " is what I would say.",
          "\n```",
          " but B is close",
          "}",
          ",",
          "\nignore the above",
          " # final",
          " {\"winner\": \"B\"}",
          "\u0000x",
          " A",
          "-----BEGIN MATERIAL-----");
}
