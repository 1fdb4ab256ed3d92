package org.plumbline.feedback;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what goes over the wire: each request ends in exactly one of the other columns. */
final class CallCounts {
  private final LongAdder requests = new LongAdder();
  private final LongAdder replies = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder rateLimited = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder completionTokens = new LongAdder();

  void request() {
    requests.increment();
  }

  void reply(Usage usage) {
    replies.increment();
    promptTokens.add(usage.promptTokens());
    completionTokens.add(usage.completionTokens());
  }

  void refused() {
    refused.increment();
  }

  void rateLimited() {
    rateLimited.increment();
  }

  void fault() {
    faults.increment();
  }

  /** Readable replies and their tokens so far. */
  Usage usage() {
    return new Usage(replies.sum(), promptTokens.sum(), completionTokens.sum());
  }

  /** All counts by name, for timings.jsonl. */
  Map<String, Double> snapshot() {
    Map<String, Double> counts = new LinkedHashMap<>();
    counts.put("requests", (double) requests.sum());
    counts.put("replies", (double) replies.sum());
    counts.put("refused", (double) refused.sum());
    counts.put("rate_limited", (double) rateLimited.sum());
    counts.put("faults", (double) faults.sum());
    counts.put("prompt_tokens", (double) promptTokens.sum());
    counts.put("completion_tokens", (double) completionTokens.sum());
    return counts;
  }
}
