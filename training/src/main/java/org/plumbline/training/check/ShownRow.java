package org.plumbline.training.check;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.tokenizer.StreamingDecoder;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * A row token by token.
 *
 * @param id of the row
 */
public record ShownRow(String id, List<ShownToken> tokens) {
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
  }

  /** Decodes a row. The first token of a row is never learned: nothing predicts it. */
  public static ShownRow of(String id, EncodedDialogue row, TextTokenizer tokenizer) {
    List<ShownToken> tokens = new ArrayList<>();
    StreamingDecoder decoder = tokenizer.streamingDecoder(false);
    for (int t = 0; t < row.length(); t++) {
      int token = row.ids()[t];
      String text = decoder.next(token);
      String whole = t + 1 == row.length() ? text + decoder.finish() : text;
      tokens.add(new ShownToken(token, whole, t > 0 && row.loss()[t]));
    }
    return new ShownRow(id, tokens);
  }
}
