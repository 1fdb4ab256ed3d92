package org.plumbline.feedback;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.plumbline.stage.RandomStreams;

/** Answers rightly, except for a share of requests that meet one of seven faults; keeps a log. */
final class FaultyServer extends Dispatcher {
  enum Kind {
    GOOD,
    LIMITED,
    SERVER_ERROR,
    RESET,
    SLOW_DRIP,
    CUT_JSON,
    EMPTY,
    HTML
  }

  final Map<Kind, AtomicInteger> log = new EnumMap<>(Kind.class);
  private final AtomicInteger requests = new AtomicInteger();
  private final double share;
  private final long seed;

  FaultyServer(double share, long seed) {
    this.share = share;
    this.seed = seed;
    for (Kind kind : Kind.values()) {
      log.put(kind, new AtomicInteger());
    }
  }

  int count(Kind kind) {
    return log.get(kind).get();
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) {
    var random = RandomStreams.of(seed, "fault", requests.getAndIncrement());
    Kind kind = random.nextDouble() >= share ? Kind.GOOD : Kind.values()[1 + random.nextInt(7)];
    log.get(kind).incrementAndGet();
    String body = completion(request);
    MockResponse.Builder response = new MockResponse.Builder();
    MockResponse.Builder faulty =
        switch (kind) {
          case GOOD -> response.body(body);
          case LIMITED -> response.code(429).addHeader("Retry-After", "0").body("slow down");
          case SERVER_ERROR -> response.code(500).body(body);
          case RESET -> response.body(body).onResponseStart(new SocketEffect.CloseSocket());
          case SLOW_DRIP -> response.body(body).throttleBody(10, 100, TimeUnit.MILLISECONDS);
          case CUT_JSON -> response.body(body.substring(0, body.length() - 9));
          case EMPTY -> response.body("");
          case HTML -> response.body("<html><body>" + body + "</body></html>");
        };
    return faulty.build();
  }

  private static String completion(RecordedRequest request) {
    JudgeQuestion question = FakeChat.question(request.getBody().utf8());
    return TestJudges.completion("{\"winner\": \"" + TestJudges.right(question) + "\"}");
  }
}
