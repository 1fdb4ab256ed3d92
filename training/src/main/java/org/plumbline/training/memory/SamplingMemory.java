package org.plumbline.training.memory;

import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;

/**
 * Bytes that drawing replies needs beside the weights.
 *
 * @param replies drawn in one call
 * @param atOnce most rows decoded at once
 * @param prompt tokens of the longest prompt
 * @param reply tokens of the longest reply
 */
public record SamplingMemory(
    TransformerConfig model, DType compute, int replies, int atOnce, int prompt, int reply) {
  private static final int FLOAT = WeightBytes.FLOAT;

  private long rows() {
    return Math.min(replies, atOnce);
  }

  private int lanes() {
    int batches = (replies + atOnce - 1) / atOnce;
    int threads = TransformerModel.isSmall(model) ? Runtime.getRuntime().availableProcessors() : 1;
    return Math.min(threads, batches);
  }

  /** Keys and values of all layers; twice, as those of ended replies are left out by copying. */
  public long cache() {
    long token = 2L * model.layers() * model.kvHeads() * model.headDim() * compute.bytes();
    return 2 * lanes() * rows() * (prompt + reply) * token;
  }

  /** Logits of a step, ruled, truncated and as probabilities. */
  public long logits() {
    return 4L * FLOAT * lanes() * rows() * model.vocabSize();
  }

  /** Arrays of one layer while prompts are read: nothing is kept. */
  public long reading() {
    long inner = model.intermediateSize() * (model.gatedMlp() ? 4L : 2L);
    long perToken = compute.bytes() * (6L * model.hiddenSize() + inner);
    return lanes() * rows() * prompt * perToken;
  }
}
