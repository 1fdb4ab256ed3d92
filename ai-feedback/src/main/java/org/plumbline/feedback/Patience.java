package org.plumbline.feedback;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * How long and how often an endpoint is tried: Retry(CircuitBreaker(RateLimiter(Bulkhead(call)))).
 * There are two retries. The inner one spends attempts on faults; the outer one waits out a rate
 * limit (for as long as {@code Retry-After} says) or an open breaker, which cost no attempt: both
 * delay a pair, neither fails it. Only a breaker that opened once more than there are retries, with
 * no reply in between, ends the patience: then the endpoint is down.
 */
final class Patience {
  private static final Duration FOREVER = Duration.ofDays(1);

  private final Retry pauses;
  private final Retry faults;
  private final CircuitBreaker breaker;
  private final RateLimiter limiter;
  private final Bulkhead bulkhead;
  private final int patientOpenings;
  private final AtomicInteger openings = new AtomicInteger();

  /**
   * Patience with one endpoint.
   *
   * @param wait first wait after a fault; doubles each time, half of it random, and is at most
   *     {@code longestWait}
   * @param breakerWait how long an open breaker lets nothing through
   */
  Patience(JudgeConfig config, Duration wait, Duration longestWait, Duration breakerWait) {
    IntervalFunction backoff =
        IntervalFunction.ofExponentialRandomBackoff(wait, 2.0, 0.5, longestWait);
    pauses =
        Retry.of(
            "judge-pauses",
            RetryConfig.custom()
                .maxAttempts(200)
                .retryOnException(this::isPause)
                .intervalBiFunction(
                    (attempt, result) -> pause(result.getLeft(), breakerWait) + backoff.apply(1))
                .build());
    faults =
        Retry.of(
            "judge-faults",
            RetryConfig.custom()
                .maxAttempts(config.retries() + 1)
                .retryOnException(CallFault.class::isInstance)
                .intervalFunction(backoff)
                .build());
    breaker = CircuitBreaker.of("judge", opensOnFaults(breakerWait));
    patientOpenings = config.retries();
    breaker.getEventPublisher().onSuccess(event -> openings.set(0));
    breaker.getEventPublisher().onStateTransition(event -> count(event.getStateTransition()));
    limiter = RateLimiter.of("judge", everySoOften(config.requestsPerSecond()));
    bulkhead =
        Bulkhead.of(
            "judge",
            BulkheadConfig.custom()
                .maxConcurrentCalls(config.concurrency())
                .maxWaitDuration(FOREVER)
                .build());
  }

  /** Tries the call; what it throws at last is the call's own last exception. */
  <T> T call(Supplier<T> call) {
    Supplier<T> bounded =
        RateLimiter.decorateSupplier(limiter, Bulkhead.decorateSupplier(bulkhead, call));
    Supplier<T> guarded = CircuitBreaker.decorateSupplier(breaker, bounded);
    return Retry.decorateSupplier(pauses, Retry.decorateSupplier(faults, guarded)).get();
  }

  private void count(CircuitBreaker.StateTransition transition) {
    if (transition.getToState() == CircuitBreaker.State.OPEN) {
      openings.incrementAndGet();
    }
  }

  /** How often the breaker opened since the last reply. */
  int openings() {
    return openings.get();
  }

  /** A rate limit, a refusal or a slow call is no failure of the endpoint. */
  private static CircuitBreakerConfig opensOnFaults(Duration breakerWait) {
    return CircuitBreakerConfig.custom()
        .slidingWindowSize(20)
        .minimumNumberOfCalls(10)
        .failureRateThreshold(60)
        .permittedNumberOfCallsInHalfOpenState(2)
        .waitDurationInOpenState(breakerWait)
        .slowCallDurationThreshold(FOREVER)
        .recordException(CallFault.class::isInstance)
        .build();
  }

  private static RateLimiterConfig everySoOften(double requestsPerSecond) {
    Duration each = Duration.ofNanos((long) Math.max(1, 1e9 / requestsPerSecond));
    boolean unlimited = requestsPerSecond == 0;
    return RateLimiterConfig.custom()
        .limitForPeriod(unlimited ? Integer.MAX_VALUE : 1)
        .limitRefreshPeriod(unlimited ? Duration.ofSeconds(1) : each)
        .timeoutDuration(FOREVER)
        .build();
  }

  private boolean isPause(Throwable problem) {
    return problem instanceof RateLimitedException
        || (problem instanceof CallNotPermittedException && openings.get() <= patientOpenings);
  }

  private static long pause(Throwable problem, Duration breakerWait) {
    Duration wait =
        problem instanceof RateLimitedException limited
            ? limited.retryAfter().orElse(Duration.ofSeconds(1))
            : breakerWait;
    return wait.toMillis();
  }
}
