package org.plumbline.feedback;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What a chat model replied.
 *
 * @param content the text, empty when the model wrote none
 * @param finishReason the server's word for why it ended; {@link #REFUSED} when the server would
 *     not take the request, whose text is then the content
 * @param logProbabilities OpenAI's {@code logprobs} object, where asked for and given
 */
record ChatReply(
    String content, String finishReason, Usage usage, Optional<JsonNode> logProbabilities) {
  static final String REFUSED = "request_refused";

  /** True if the server would not take this very request (too long, forbidden content). */
  boolean refused() {
    return finishReason.equals(REFUSED);
  }
}
