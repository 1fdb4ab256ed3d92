package org.plumbline.model.config;

/** What a tensor does in the network. */
public enum Role {
  TOKEN_EMBEDDING,
  /** Learned positions. */
  POSITION_EMBEDDING,
  /** One per token type (BERT's sentences). */
  TYPE_EMBEDDING,
  EMBEDDING_NORM,
  ATTENTION_NORM,
  QUERY,
  KEY,
  VALUE,
  /** Query, key and value in one matrix, in this order along the output axis. */
  QUERY_KEY_VALUE,
  /** The same, group by group: a key head's queries, its key, its value. */
  GROUPED_QUERY_KEY_VALUE,
  QUERY_NORM,
  KEY_NORM,
  ATTENTION_OUTPUT,
  MLP_NORM,
  /** Gate and up in one matrix, in this order along the output axis. */
  GATE_UP,
  GATE,
  UP,
  DOWN,
  /** On what attention gives, before it is added. */
  POST_ATTENTION_NORM,
  /** On what the MLP gives, before it is added. */
  POST_MLP_NORM,
  /** Logits over the experts. */
  ROUTER,
  EXPERT_GATE,
  EXPERT_UP,
  EXPERT_DOWN,
  FINAL_NORM,
  /** Dense layer before the head of a masked language model, and its norm. */
  HEAD_TRANSFORM,
  HEAD_NORM,
  LM_HEAD,
  /** Dense layer with tanh on the first token, before an encoder's classifier. */
  POOLER,
  SCORE;

  /** True for weights that scale what a norm gives. */
  public boolean isNorm() {
    return name().endsWith("_NORM");
  }
}
