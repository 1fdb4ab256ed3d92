package org.plumbline.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the envelope of an OpenAI chat completion. */
final class ChatCompletion {
  private static final ObjectMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private ChatCompletion() {}

  /**
   * The reply; a null content (a refusal, a tool call) counts as empty text or the refusal's words.
   *
   * @return empty when the body is no chat completion: cut, HTML, empty
   */
  static Optional<ChatReply> parse(String body) {
    JsonNode tree;
    try {
      tree = STRICT.readTree(body);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    JsonNode choice = tree == null ? null : tree.path("choices").path(0);
    if (choice == null || !choice.path("message").isObject()) {
      return Optional.empty();
    }
    JsonNode message = choice.path("message");
    String content = message.path("content").asText("");
    boolean silent = message.path("content").isNull() || content.isEmpty();
    JsonNode usage = tree.path("usage");
    return Optional.of(
        new ChatReply(
            wellFormed(silent ? message.path("refusal").asText("") : content),
            choice.path("finish_reason").asText(""),
            new Usage(
                1,
                usage.path("prompt_tokens").asLong(0),
                usage.path("completion_tokens").asLong(0)),
            Optional.of(choice.path("logprobs")).filter(JsonNode::isObject)));
  }

  /** Halves of surrogate pairs, which no UTF-8 file can hold, become the replacement character. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
  }
}
