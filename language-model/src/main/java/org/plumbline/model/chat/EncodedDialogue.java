package org.plumbline.model.chat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * A conversation as token ids with the mask of what is learned.
 *
 * @param loss true on the tokens the assistant writes, the end token included; same length as ids
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record EncodedDialogue(int[] ids, boolean[] loss) {
  public EncodedDialogue {
    if (ids.length != loss.length) {
      throw new IllegalArgumentException(
          "%d ids but %d loss flags".formatted(ids.length, loss.length));
    }
  }

  /** Turns with loss on every one of the assistant's; no generation prompt at the end. */
  public static EncodedDialogue of(
      ChatTemplate template, TextTokenizer tokenizer, List<ChatMessage> messages) {
    return of(template, tokenizer, Conversation.of(messages), MaskPolicy.assistantTurns());
  }

  /**
   * A conversation with loss on some of its turns; no generation prompt at the end.
   *
   * @throws IllegalArgumentException as {@link ChatTemplate#render} does
   */
  public static EncodedDialogue of(
      ChatTemplate template,
      TextTokenizer tokenizer,
      Conversation conversation,
      MaskPolicy policy) {
    return ofSegments(template, tokenizer, template.render(conversation, policy, false));
  }

  /** The ids to which the assistant's next answer is appended. */
  public static int[] prompt(
      ChatTemplate template, TextTokenizer tokenizer, List<ChatMessage> messages) {
    return prompt(template, tokenizer, Conversation.of(messages));
  }

  /** As the other, for a conversation with tools or other variables. */
  public static int[] prompt(
      ChatTemplate template, TextTokenizer tokenizer, Conversation conversation) {
    return tokenizer.encode(template.text(conversation, true), template.addsTokenizerSpecials());
  }

  /**
   * Segments of a template as ids. They are encoded as one text where its template writes its
   * special tokens itself, as transformers does; but where a token would then reach across the
   * border of what is learned, and for plain text, every run of one kind is encoded by itself. In
   * both ways the ids of the text before the first answer are the first of all ids.
   */
  public static EncodedDialogue ofSegments(
      ChatTemplate template, TextTokenizer tokenizer, List<Segment> segments) {
    List<Segment> runs = new ArrayList<>();
    for (Segment segment : segments) {
      Segment last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last != null && last.trained() == segment.trained()) {
        runs.set(runs.size() - 1, new Segment(last.text() + segment.text(), segment.trained()));
      } else {
        runs.add(segment);
      }
    }
    if (template.addsTokenizerSpecials()) {
      if (runs.isEmpty() || runs.get(0).trained()) {
        runs.add(0, new Segment("", false)); // a place for the BOS, which is not learned
      }
      return inRuns(tokenizer, runs, true);
    }
    return WholeText.encode(tokenizer, runs).orElseGet(() -> inRuns(tokenizer, runs, false));
  }

  private static EncodedDialogue inRuns(
      TextTokenizer tokenizer, List<Segment> runs, boolean addSpecialTokens) {
    int[] ids = new int[0];
    boolean[] loss = new boolean[0];
    for (int i = 0; i < runs.size(); i++) {
      int[] piece = tokenizer.encode(runs.get(i).text(), i == 0 && addSpecialTokens);
      int start = ids.length;
      ids = Arrays.copyOf(ids, start + piece.length);
      System.arraycopy(piece, 0, ids, start, piece.length);
      loss = Arrays.copyOf(loss, ids.length);
      Arrays.fill(loss, start, ids.length, runs.get(i).trained());
    }
    return new EncodedDialogue(ids, loss);
  }

  /** The same tokens with loss on the last answer alone. */
  public EncodedDialogue lastAnswerOnly() {
    int end = answerEnd();
    int start = end;
    while (start > 0 && loss[start - 1]) {
      start--;
    }
    boolean[] last = new boolean[loss.length];
    Arrays.fill(last, start, end, true);
    return new EncodedDialogue(ids, last);
  }

  /** Number of tokens. */
  public int length() {
    return ids.length;
  }

  /** Number of tokens before the first learned one; all of them where none is learned. */
  public int promptLength() {
    int length = 0;
    while (length < loss.length && !loss[length]) {
      length++;
    }
    return length;
  }

  /** Number of tokens up to the end of the last answer; 0 where none is learned. */
  public int answerEnd() {
    int end = loss.length;
    while (end > 0 && !loss[end - 1]) {
      end--;
    }
    return end;
  }

  /** As {@link #answerEnd()}, but no further than the last answer's first end token. */
  public int answerEnd(Set<Integer> ends) {
    int end = answerEnd();
    int start = end;
    while (start > 0 && loss[start - 1]) {
      start--;
    }
    for (int i = start; i < end; i++) {
      if (ends.contains(ids[i])) {
        return i + 1;
      }
    }
    return end;
  }

  /** Number of learned tokens. */
  public int trainedTokens() {
    int count = 0;
    for (boolean trained : loss) {
      count += trained ? 1 : 0;
    }
    return count;
  }

  /**
   * At most {@code maxLength} tokens. First goes what follows the last answer, then the beginning
   * of the conversation up to one token before the last answer, then the end of that answer.
   *
   * @throws ModelFormatException where no learned token would be left
   */
  public EncodedDialogue truncatedTo(int maxLength) {
    if (ids.length <= maxLength) {
      return this;
    }
    int answerEnd = answerEnd();
    int answerStart = answerEnd;
    while (answerStart > 0 && loss[answerStart - 1]) {
      answerStart--;
    }
    int start = Math.max(0, Math.min(answerEnd - maxLength, answerStart - 1));
    int end = Math.min(answerEnd, start + Math.max(0, maxLength));
    if (end <= Math.max(answerStart, start)) {
      throw new ModelFormatException(
          "answer truncated to nothing: the conversation has %d tokens, %d of them learned, "
                  .formatted(ids.length, trainedTokens())
              + "max_length is %d. Raise max_length.".formatted(maxLength));
    }
    return new EncodedDialogue(
        Arrays.copyOfRange(ids, start, end), Arrays.copyOfRange(loss, start, end));
  }
}
