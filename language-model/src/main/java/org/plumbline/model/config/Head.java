package org.plumbline.model.config;

/** What stands on top of the last hidden state. */
public enum Head {
  /** Logits over the vocabulary. */
  LANGUAGE_MODEL,
  /** Class or reward logits, {@code score.weight} without bias, read at the last real token. */
  SEQUENCE_CLASSIFICATION,
  /** The bare trunk, {@code LlamaModel} and the like. */
  NONE
}
