package org.plumbline.feedback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every reply a judge ever gave, on disk and in memory, by {@link ChatRequest#key}. A row is {@code
 * {"key", "content", "finish_reason", "prompt_tokens", "completion_tokens", "logprobs"?}}.
 */
final class ReplyJournal implements AutoCloseable {
  private final Map<String, ChatReply> replies = new ConcurrentHashMap<>();
  private final Journal journal;

  ReplyJournal(Path file) {
    journal = Journal.open(file, row -> replies.put(row.path("key").asText(), reply(row)));
  }

  Optional<ChatReply> find(String key) {
    return Optional.ofNullable(replies.get(key));
  }

  /** Keeps a reply; on disk when this returns. A second reply to one request is dropped. */
  void keep(String key, ChatReply reply) {
    if (replies.putIfAbsent(key, reply) == null) {
      journal.append(row(key, reply));
    }
  }

  int size() {
    return replies.size();
  }

  private static ObjectNode row(String key, ChatReply reply) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("key", key);
    row.put("content", reply.content());
    row.put("finish_reason", reply.finishReason());
    row.put("prompt_tokens", reply.usage().promptTokens());
    row.put("completion_tokens", reply.usage().completionTokens());
    reply.logProbabilities().ifPresent(tree -> row.set("logprobs", tree));
    return row;
  }

  private static ChatReply reply(JsonNode row) {
    return new ChatReply(
        row.path("content").asText(),
        row.path("finish_reason").asText(),
        new Usage(1, row.path("prompt_tokens").asLong(), row.path("completion_tokens").asLong()),
        Optional.of(row.path("logprobs")).filter(JsonNode::isObject));
  }

  @Override
  public void close() {
    journal.close();
  }
}
