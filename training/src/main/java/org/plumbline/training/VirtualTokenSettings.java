package org.plumbline.training;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Key {@code virtual_tokens:} of a stage, read for prompt-tuning, prefix-tuning and p-tuning.
 *
 * @param count how many stand in front of every text
 * @param text prompt-tuning: they start as its tokens' embeddings; empty: tokens drawn at random
 * @param encoderWidth width of the network that they come out of while training; 0 for none
 *     (prefix-tuning), or the model's own width (p-tuning)
 * @param layers prefix-tuning: keys and values of every layer, or embeddings under the first alone
 */
public record VirtualTokenSettings(
    @Default("20") int count,
    @Default("\"\"") String text,
    @Default("0") int encoderWidth,
    @Default("all") Layers layers) {
  /** Which layers get a prefix. */
  public enum Layers {
    /** Keys and values of each. */
    ALL,
    /** Embeddings under the first. */
    INPUT
  }

  public VirtualTokenSettings {
    Check.positive("virtual_tokens.count", count);
    Check.nonNegative("virtual_tokens.encoder_width", encoderWidth);
  }
}
