package org.plumbline.feedback;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * p(A) / (p(A) + p(B)) at the token that names the winner, from OpenAI's {@code logprobs} object:
 * the soft label of Lee et al. 2023 (arXiv 2309.00267, section 2.1).
 */
final class WinnerProbability {
  private static final Pattern WINNER = Pattern.compile("\"winner\"\\s*:\\s*\"");
  private static final Pattern NOT_A_LETTER = Pattern.compile("[^A-Za-z]");

  private WinnerProbability() {}

  /** The probability, empty where the tokens do not show it. */
  static OptionalDouble of(ChatReply reply) {
    Matcher key = WINNER.matcher(reply.content());
    if (reply.logProbabilities().isEmpty() || !key.find()) {
      return OptionalDouble.empty();
    }
    int offset = 0;
    for (JsonNode token : reply.logProbabilities().get().path("content")) {
      offset += token.path("token").asText().length();
      if (offset > key.end()) {
        return share(token.path("top_logprobs"));
      }
    }
    return OptionalDouble.empty();
  }

  private static OptionalDouble share(JsonNode rivals) {
    double first = 0;
    double second = 0;
    for (JsonNode rival : rivals) {
      String letter = NOT_A_LETTER.matcher(rival.path("token").asText()).replaceAll("");
      double probability = Math.exp(rival.path("logprob").asDouble(Double.NEGATIVE_INFINITY));
      first += letter.equals("A") ? probability : 0;
      second += letter.equals("B") ? probability : 0;
    }
    double share = first / (first + second);
    return Double.isFinite(share) ? OptionalDouble.of(share) : OptionalDouble.empty();
  }
}
