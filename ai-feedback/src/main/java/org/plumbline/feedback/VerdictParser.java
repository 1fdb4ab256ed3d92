package org.plumbline.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Iterator;
import java.util.Optional;

/**
 * Reads {@code {"winner": "A"|"B"|"tie", "reason"?: string}} and nothing else. Prose around it, a
 * second object, an unknown or doubled key, another spelling: all unreadable, since a verdict found
 * inside other text may be one that an answer planted there.
 */
final class VerdictParser {
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private VerdictParser() {}

  static Optional<Outcome> parse(String reply) {
    try {
      JsonNode tree = STRICT.readTree(reply);
      return tree != null && tree.isObject() && onlyKnownKeys(tree)
          ? winner(tree.path("winner"))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static boolean onlyKnownKeys(JsonNode tree) {
    for (Iterator<String> names = tree.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      boolean reason = name.equals("reason") && tree.get(name).isTextual();
      if (!name.equals("winner") && !reason) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Outcome> winner(JsonNode winner) {
    return switch (winner.isTextual() ? winner.asText() : "") {
      case "A" -> Optional.of(Outcome.A);
      case "B" -> Optional.of(Outcome.B);
      case "tie" -> Optional.of(Outcome.TIE);
      default -> Optional.empty();
    };
  }
}
