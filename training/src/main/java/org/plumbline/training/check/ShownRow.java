package org.plumbline.training.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.tokenizer.StreamingDecoder;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * A row token by token.
 *
 * @param id of the row
 * @param labels what the learned tokens stand for, where that is no text: classes, tags, an answer
 */
public record ShownRow(String id, List<ShownToken> tokens, List<String> labels) {
  /**
   * A token.
   *
   * @param text what it adds to the text, special tokens spelled out; a character spread over
   *     several tokens stands at the last of them
   * @param loss whether it is learned
   */
  public record ShownToken(int id, String text, boolean loss) {}

  public ShownRow {
    tokens = List.copyOf(tokens);
    labels = List.copyOf(labels);
  }

  /** A row that teaches its own tokens. */
  public ShownRow(String id, List<ShownToken> tokens) {
    this(id, tokens, List.of());
  }

  /** Decodes a row. The first token of a row is never learned: nothing predicts it. */
  public static ShownRow of(String id, EncodedDialogue row, TextTokenizer tokenizer) {
    return new ShownRow(id, tokens(row.ids(), tokenizer, t -> t > 0 && row.loss()[t]));
  }

  /**
   * Decodes a row that is labelled at some of its positions, be it the first.
   *
   * @param positions those that carry a label
   */
  public static ShownRow labelled(
      String id, int[] ids, Set<Integer> positions, List<String> labels, TextTokenizer tokenizer) {
    return new ShownRow(id, tokens(ids, tokenizer, positions::contains), labels);
  }

  private static List<ShownToken> tokens(int[] ids, TextTokenizer tokenizer, IntPredicate learned) {
    List<ShownToken> tokens = new ArrayList<>();
    StreamingDecoder decoder = tokenizer.streamingDecoder(false);
    for (int t = 0; t < ids.length; t++) {
      String text = decoder.next(ids[t]);
      String whole = t + 1 == ids.length ? text + decoder.finish() : text;
      tokens.add(new ShownToken(ids[t], whole, learned.test(t)));
    }
    return tokens;
  }
}
