package org.plumbline.feedback;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.plumbline.stage.UserException;

/**
 * An endpoint in OpenAI's chat-completions format. Contacts the configured address only: redirects
 * are refused, and nothing is retried below {@link Patience}, so each request is counted.
 */
final class HttpChat implements Chat, AutoCloseable {
  private static final MediaType JSON = MediaType.get("application/json");
  private static final long LARGEST_RESPONSE = 4 << 20;

  private final HttpUrl address;
  private final Optional<String> apiKey;
  private final Patience patience;
  private final CallCounts counts;
  private final OkHttpClient client;

  /**
   * Opens a client; contacts nobody yet.
   *
   * @param address full address of the chat-completions route
   * @param apiKey bearer token, never logged nor shown in an error
   * @param timeout bound on one call, from connecting to the last byte of the body
   */
  HttpChat(
      HttpUrl address,
      Optional<String> apiKey,
      Duration timeout,
      Patience patience,
      CallCounts counts) {
    this.address = address;
    this.apiKey = apiKey;
    this.patience = patience;
    this.counts = counts;
    this.client =
        new OkHttpClient.Builder()
            .callTimeout(timeout)
            .connectTimeout(timeout)
            .readTimeout(timeout)
            .writeTimeout(timeout)
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            .build();
  }

  @Override
  public ChatReply complete(ChatRequest request) {
    try {
      return patience.call(() -> send(request));
    } catch (UserException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new JudgeUnavailableException(
          "the judge at %s gave no answer: %s".formatted(address, e.getMessage()), e);
    }
  }

  private ChatReply send(ChatRequest request) {
    Request.Builder call =
        new Request.Builder().url(address).post(RequestBody.create(request.body(), JSON));
    apiKey.ifPresent(key -> call.header("Authorization", "Bearer " + key));
    counts.request();
    try (Response response = client.newCall(call.build()).execute()) {
      return read(response);
    } catch (IOException e) {
      counts.fault();
      throw new CallFault("%s (%s)".formatted(e.getMessage(), e.getClass().getSimpleName()), e);
    }
  }

  private ChatReply read(Response response) throws IOException {
    int status = response.code();
    if (status == 429) {
      counts.rateLimited();
      throw new RateLimitedException(
          RetryAfter.parse(response.header("Retry-After"), Instant.now()));
    }
    if (status == 408 || status >= 500) {
      counts.fault();
      throw new CallFault("HTTP " + status);
    }
    String body = text(response);
    if (status == 400 || status == 413 || status == 422) {
      counts.refused();
      return new ChatReply(body, ChatReply.REFUSED, Usage.NOTHING, Optional.empty());
    }
    if (status != 200) {
      counts.refused();
      throw new UserException(HttpStatus.explain(address, status, response, shown(body)));
    }
    Optional<ChatReply> reply = ChatCompletion.parse(body);
    if (reply.isEmpty()) {
      counts.fault();
      throw new CallFault("not a chat completion: " + shown(body));
    }
    counts.reply(reply.get().usage());
    return reply.get();
  }

  private static String text(Response response) throws IOException {
    BufferedSource source = response.body().source();
    if (source.request(LARGEST_RESPONSE + 1)) {
      throw new IOException("response larger than " + LARGEST_RESPONSE + " bytes");
    }
    return source.readUtf8();
  }

  /** The start of a body for an error message, without the key should the server echo it. */
  private String shown(String body) {
    String line = apiKey.map(key -> body.replace(key, "***")).orElse(body);
    line = line.replaceAll("\\s+", " ").strip();
    return line.isEmpty() ? "(empty body)" : line.substring(0, Math.min(line.length(), 200));
  }

  @Override
  public void close() {
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }
}
