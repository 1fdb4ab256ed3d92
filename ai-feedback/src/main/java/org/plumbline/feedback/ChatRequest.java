package org.plumbline.feedback;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A request in OpenAI's chat-completions format.
 *
 * @param maxTokens bound on the reply
 * @param jsonMode ask the server to allow JSON replies only ({@code response_format})
 * @param logProbabilities ask for log-probabilities of the reply's tokens and their 5 rivals
 */
record ChatRequest(
    String model,
    double temperature,
    int maxTokens,
    boolean jsonMode,
    boolean logProbabilities,
    List<ChatMessage> messages) {
  private static final ObjectMapper JSON = new ObjectMapper();

  ChatRequest {
    messages = List.copyOf(messages);
  }

  /** The body to send; equal requests give equal bytes. */
  String body() {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", model);
    ArrayNode turns = body.putArray("messages");
    messages.forEach(m -> turns.addObject().put("role", m.role()).put("content", m.content()));
    body.put("temperature", temperature);
    body.put("max_tokens", maxTokens);
    if (jsonMode) {
      body.putObject("response_format").put("type", "json_object");
    }
    if (logProbabilities) {
      body.put("logprobs", true).put("top_logprobs", 5);
    }
    return body.toString();
  }

  /**
   * Name of this request in the cache: SHA-256 of the body and the template's version. The body
   * holds prompt, answers, their order, model and sampling; the server's address is left out.
   */
  String key() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((JudgePrompt.VERSION + "\n").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(body().getBytes(StandardCharsets.UTF_16BE)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
