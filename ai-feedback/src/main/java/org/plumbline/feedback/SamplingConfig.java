package org.plumbline.feedback;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * How the policy's two answers to a prompt are drawn.
 *
 * @param maxNewTokens bound on an answer, the end token included
 * @param temperature above 0: greedy answers would be two equal ones
 * @param topP nucleus; 1 keeps the whole distribution
 */
public record SamplingConfig(
    @Default("32") int maxNewTokens, @Default("1") double temperature, @Default("1") double topP) {
  public SamplingConfig {
    Check.positive("sampling.max_new_tokens", maxNewTokens);
    Check.positive("sampling.temperature", temperature);
    Check.positive("sampling.top_p", topP);
    Check.atMost("sampling.top_p", topP, 1);
  }
}
