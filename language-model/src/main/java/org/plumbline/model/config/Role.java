package org.plumbline.model.config;

/** What a tensor does in the network. */
public enum Role {
  TOKEN_EMBEDDING,
  /** Learned positions. */
  POSITION_EMBEDDING,
  ATTENTION_NORM,
  QUERY,
  KEY,
  VALUE,
  /** Query, key and value in one matrix, in this order along the output axis. */
  QUERY_KEY_VALUE,
  ATTENTION_OUTPUT,
  MLP_NORM,
  GATE,
  UP,
  DOWN,
  FINAL_NORM,
  LM_HEAD,
  SCORE
}
