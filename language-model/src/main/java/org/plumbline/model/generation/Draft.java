package org.plumbline.model.generation;

import java.util.Arrays;

/** A reply while it is being written, and the prompt before it. */
final class Draft {
  private final int row;
  private final int[] prompt;
  private final int limit;
  private final boolean scored;
  private int[] ids = new int[16];
  private float[] logProbs;
  private int length;
  private boolean ended;

  /**
   * An empty reply.
   *
   * @param row place of the prompt in the call
   * @param limit most tokens of the reply
   * @param scored true to keep log-probabilities
   */
  Draft(int row, int[] prompt, int limit, boolean scored) {
    this.row = row;
    this.prompt = prompt;
    this.limit = limit;
    this.scored = scored;
    this.logProbs = new float[scored ? ids.length : 0];
  }

  private Draft(Draft other) {
    this(other.row, other.prompt, other.limit, other.scored);
    ids = other.ids.clone();
    logProbs = other.logProbs.clone();
    length = other.length;
  }

  /** This reply with one more token; this one stays as it is. */
  Draft extended(int token, float logProb) {
    Draft longer = new Draft(this);
    longer.append(token, logProb);
    return longer;
  }

  /**
   * Adds a token.
   *
   * @param logProb ignored unless log-probabilities are kept
   */
  void append(int token, float logProb) {
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, 2 * length);
      logProbs = Arrays.copyOf(logProbs, scored ? 2 * length : 0);
    }
    ids[length] = token;
    if (scored) {
      logProbs[length] = logProb;
    }
    length++;
  }

  int row() {
    return row;
  }

  int[] prompt() {
    return prompt;
  }

  /** Tokens of the reply so far. */
  int length() {
    return length;
  }

  /** Tokens of prompt and reply so far. */
  int size() {
    return prompt.length + length;
  }

  /** Token of prompt and reply, from 0. */
  int at(int index) {
    return index < prompt.length ? prompt[index] : ids[index - prompt.length];
  }

  /** Most tokens of the reply. */
  int limit() {
    return limit;
  }

  /** Prompt and reply so far. */
  int[] tokens() {
    int[] tokens = Arrays.copyOf(prompt, size());
    System.arraycopy(ids, 0, tokens, prompt.length, length);
    return tokens;
  }

  boolean isFull() {
    return length >= limit;
  }

  /** True if the last token or the rule ends the reply. */
  boolean stops(SamplingConfig config, StopRule rule) {
    return config.stopIds().contains(ids[length - 1]) || rule.ended(row, ids, length);
  }

  /** No token counts from here on, though its row may stay in the batch for a while. */
  void end() {
    ended = true;
  }

  boolean isEnded() {
    return ended;
  }

  Generated generated(boolean stopped) {
    return new Generated(
        Arrays.copyOf(ids, length), stopped, Arrays.copyOf(logProbs, scored ? length : 0));
  }
}
