package org.plumbline.model.config;

/** What stands on top of the last hidden state. */
public enum Head {
  /** Logits over the vocabulary. */
  LANGUAGE_MODEL,
  /** Logits of hidden tokens of an encoder. */
  MASKED_LANGUAGE_MODEL,
  /**
   * Class or reward logits: {@code score.weight} without bias, read at the last real token; of an
   * encoder from its pooled first token.
   */
  SEQUENCE_CLASSIFICATION,
  /** Class logits at every token. */
  TOKEN_CLASSIFICATION,
  /** Two logits at every token: where an answer starts, and where it ends. */
  QUESTION_ANSWERING,
  /** The bare trunk, {@code LlamaModel} and the like. */
  NONE
}
