package org.plumbline.evaluation.suite;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.statistics.Bootstrap;

/**
 * What suites can be told.
 *
 * @param seed of replies and resamples
 * @param resamples bootstrap draws behind each interval
 * @param samples replies per prompt
 * @param maxNewTokens bound on a reply, the end token included
 * @param temperature at which replies are drawn; 0 is greedy
 */
public record SuiteOptions(
    long seed, int resamples, int samples, int maxNewTokens, double temperature) {
  public SuiteOptions {
    Check.positive("resamples", resamples);
    Check.positive("samples", samples);
    Check.positive("max_new_tokens", maxNewTokens);
    Check.nonNegative("temperature", temperature);
  }

  Bootstrap bootstrap() {
    return new Bootstrap(seed, resamples);
  }
}
