package org.plumbline.model.config;

/**
 * What differs between families at both ends of the network.
 *
 * @param embeddingScale factor on token embeddings (Gemma: the root of the hidden size)
 * @param logitSoftcap logits z become cap · tanh(z / cap); 0 = as they are
 * @param normalizedHead rows of the output head are scaled to length 1 (Baichuan 2)
 */
public record OutputShape(double embeddingScale, double logitSoftcap, boolean normalizedHead) {
  static final OutputShape PLAIN = new OutputShape(1, 0, false);
}
