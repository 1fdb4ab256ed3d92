package org.plumbline.feedback;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import okhttp3.HttpUrl;
import org.plumbline.stage.UserException;

/**
 * A judge ready to be asked, with what stands behind it: connection, patience, cache, counts. Close
 * it when done.
 */
public final class JudgeSession implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final ReplyJournal journal;
  private final Optional<HttpChat> http;
  private final CallCounts counts = new CallCounts();
  private final Optional<SampleJudgeServer> server;
  private final Judge judge;

  private JudgeSession(
      JudgeConfig config,
      Path cache,
      Optional<SampleJudgeServer> server,
      Function<String, String> environment) {
    this.server = server;
    http = config.replay() ? Optional.empty() : Optional.of(connect(config, environment));
    journal = new ReplyJournal(cache);
    Chat asked = http.isPresent() ? http.get() : request -> notInCache(cache);
    Judge single = new ChatJudge(new CachedChat(asked, journal), config);
    judge = config.bothOrders() ? new SwapJudge(single) : single;
  }

  /**
   * Opens a judge over HTTP, or over its cache alone with {@code judge.replay}.
   *
   * @param defaultCache where replies are kept unless {@code judge.cache} says otherwise
   * @param sampleWorld who stands behind the server that {@code judge.url: sample-world} starts
   * @throws UserException when the key's variable is empty or the cache damaged or in use
   */
  public static JudgeSession open(JudgeConfig config, Path defaultCache, SampleJudge sampleWorld) {
    return open(config, defaultCache, sampleWorld, name -> System.getenv().getOrDefault(name, ""));
  }

  static JudgeSession open(
      JudgeConfig config,
      Path defaultCache,
      SampleJudge sampleWorld,
      Function<String, String> environment) {
    Path cache = config.cache().map(Path::of).orElse(defaultCache);
    if (!config.isSampleWorld()) {
      return new JudgeSession(config, cache, Optional.empty(), environment);
    }
    SampleJudgeServer server = SampleJudgeServer.start(sampleWorld.opinion());
    try {
      JudgeConfig local = config.at(server.url(), sampleWorld.name());
      return new JudgeSession(local, cache, Optional.of(server), environment);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The judge; safe to call from several threads. */
  public Judge judge() {
    return judge;
  }

  /** What went over the wire in this session, failed attempts included. */
  public Map<String, Double> counts() {
    return counts.snapshot();
  }

  private HttpChat connect(JudgeConfig config, Function<String, String> environment) {
    Duration wait = Duration.ofMillis(Math.max(1, Math.round(config.retryWait() * 1000)));
    return new HttpChat(
        route(config.url()),
        config.apiKeyEnv().map(name -> key(name, environment)),
        Duration.ofMillis(Math.round(config.timeout() * 1000)),
        new Patience(config, wait, LONGEST_WAIT, wait.multipliedBy(10)),
        counts);
  }

  /** The chat-completions route under a base address, or the address itself if it is the route. */
  static HttpUrl route(String url) {
    HttpUrl base = HttpUrl.get(url.replaceAll("/+$", ""));
    return base.encodedPath().endsWith("/chat/completions")
        ? base
        : base.newBuilder().addPathSegments("chat/completions").build();
  }

  private static String key(String name, Function<String, String> environment) {
    String key = environment.apply(name).strip();
    if (key.isEmpty()) {
      throw new UserException(
          "the environment variable %s, named by judge.api_key_env, is not set or empty; export the"
                  .formatted(name)
              + " judge's key in it, or remove api_key_env if the judge needs none");
    }
    if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new UserException(
          "the environment variable %s, named by judge.api_key_env, holds characters that no HTTP"
                  .formatted(name)
              + " header can carry (space, line break or non-ASCII); was more than the key pasted?");
    }
    return key;
  }

  private static ChatReply notInCache(Path cache) {
    throw new UserException(
        "judge.replay is on but %s lacks a reply that is needed;".formatted(cache)
            + " questions, model, sampling or criteria differ from the run that filled it."
            + " Run once without replay.");
  }

  @Override
  public void close() {
    http.ifPresent(HttpChat::close);
    server.ifPresent(SampleJudgeServer::close);
    journal.close();
  }
}
