package org.plumbline.feedback;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks each request once in the life of its journal; equal requests at the same moment wait for one
 * another. Requests the server refused are not kept.
 */
record CachedChat(
    Chat inner, ReplyJournal journal, Map<String, CompletableFuture<ChatReply>> underWay)
    implements Chat {
  CachedChat(Chat inner, ReplyJournal journal) {
    this(inner, journal, new ConcurrentHashMap<>());
  }

  @Override
  public ChatReply complete(ChatRequest request) {
    String key = request.key();
    CompletableFuture<ChatReply> mine = new CompletableFuture<>();
    CompletableFuture<ChatReply> other = underWay.putIfAbsent(key, mine);
    if (other != null) {
      return join(other);
    }
    try {
      Optional<ChatReply> kept = journal.find(key);
      ChatReply reply = kept.isPresent() ? kept.get() : ask(key, request);
      mine.complete(reply);
      return reply;
    } catch (RuntimeException e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      underWay.remove(key);
    }
  }

  private ChatReply ask(String key, ChatRequest request) {
    ChatReply reply = inner.complete(request);
    if (!reply.refused()) {
      journal.keep(key, reply);
    }
    return reply;
  }

  private static ChatReply join(CompletableFuture<ChatReply> other) {
    try {
      return other.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
