package org.plumbline.feedback;

import java.util.Optional;
import okhttp3.HttpUrl;
import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;
import org.plumbline.stage.config.MachineLocal;

/**
 * Who judges, and how hard it is asked.
 *
 * @param url base address of an OpenAI-format server, such as {@code http://localhost:8000/v1};
 *     {@code sample-world} starts the sample world's own judge on this machine
 * @param model the server's name for the model; needed unless the judge is the sample world's
 * @param apiKeyEnv environment variable that holds the key; no variable, no key
 * @param temperature 0 makes verdicts repeatable
 * @param bothOrders ask each pair in both orders; an answer that follows the position is a tie
 * @param criteria what makes an answer better, in sentences put to the judge
 * @param jsonMode ask the server to allow JSON replies only ({@code response_format})
 * @param logprobs ask for token log-probabilities, from which probability_a is read
 * @param maxTokens bound on a verdict's tokens
 * @param timeout seconds for one call, from connecting to the last byte
 * @param retries further attempts after a failed call
 * @param retryWait seconds before the first of them; doubles each time, with jitter
 * @param requestsPerSecond bound on calls started, 0 for none
 * @param concurrency calls under way at once
 * @param cache file of all replies; by default within the stage's own directory
 * @param replay answer from the cache only and call nobody
 * @param promptPrice price of a million prompt tokens, in any currency
 * @param completionPrice price of a million completion tokens
 */
public record JudgeConfig(
    String url,
    Optional<String> model,
    Optional<String> apiKeyEnv,
    @Default("0") double temperature,
    @Default("true") boolean bothOrders,
    @Default(DEFAULT_CRITERIA) String criteria,
    @Default("true") boolean jsonMode,
    @Default("false") boolean logprobs,
    @Default("200") int maxTokens,
    @Default("60") @MachineLocal double timeout,
    @Default("5") @MachineLocal int retries,
    @Default("0.5") @MachineLocal double retryWait,
    @Default("0") @MachineLocal double requestsPerSecond,
    @Default("4") @MachineLocal int concurrency,
    @MachineLocal Optional<String> cache,
    @Default("false") @MachineLocal boolean replay,
    @Default("0") double promptPrice,
    @Default("0") double completionPrice) {
  /** The judge that a run starts by itself. */
  public static final String SAMPLE_WORLD = "sample-world";

  static final String DEFAULT_CRITERIA =
      "The better answer is right given the facts in the prompt, helpful, polite, safe and no"
          + " longer than it needs to be.";

  public JudgeConfig {
    Check.that(
        url.equals(SAMPLE_WORLD) || HttpUrl.parse(url) != null,
        () ->
            "judge.url=%s must be an http or https address, such as http://localhost:8000/v1, or %s"
                .formatted(url, SAMPLE_WORLD));
    Check.that(
        url.equals(SAMPLE_WORLD) || model.isPresent(),
        () -> "judge.model is missing; judge.url=%s needs the name of a model".formatted(url));
    Check.nonNegative("judge.temperature", temperature);
    Check.notBlank("judge.criteria", criteria);
    Check.positive("judge.max_tokens", maxTokens);
    Check.positive("judge.timeout", timeout);
    Check.nonNegative("judge.retries", retries);
    Check.nonNegative("judge.retry_wait", retryWait);
    Check.nonNegative("judge.requests_per_second", requestsPerSecond);
    Check.positive("judge.concurrency", concurrency);
    Check.nonNegative("judge.prompt_price", promptPrice);
    Check.nonNegative("judge.completion_price", completionPrice);
  }

  boolean isSampleWorld() {
    return url.equals(SAMPLE_WORLD);
  }

  /** This judge at another address under another name: the sample world's server, once started. */
  JudgeConfig at(String address, String name) {
    return new JudgeConfig(
        address,
        Optional.of(name),
        apiKeyEnv,
        temperature,
        bothOrders,
        criteria,
        jsonMode,
        logprobs,
        maxTokens,
        timeout,
        retries,
        retryWait,
        requestsPerSecond,
        concurrency,
        cache,
        replay,
        promptPrice,
        completionPrice);
  }
}
