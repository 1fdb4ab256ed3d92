package org.plumbline.model.chat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.tokenizer.Encoded;
import org.plumbline.model.tokenizer.TextTokenizer;

/** Encodes a rendered conversation as one text and finds which tokens are learned. */
final class WholeText {
  private WholeText() {}

  /**
   * Ids and flags.
   *
   * @param runs pieces of the text, learned and not learned by turns
   * @return nothing where a token reaches across a border, or where the text before the first
   *     learned run has other ids by itself than here
   */
  static Optional<EncodedDialogue> encode(TextTokenizer tokenizer, List<Segment> runs) {
    StringBuilder text = new StringBuilder();
    runs.forEach(run -> text.append(run.text()));
    Encoded encoded = tokenizer.encodeWithOffsets(text.toString(), false);
    int[] ids = encoded.ids();
    boolean[] loss = new boolean[ids.length];
    int token = 0;
    int end = 0;
    for (int i = 0; i < runs.size(); i++) {
      Segment run = runs.get(i);
      end += run.text().codePointCount(0, run.text().length());
      boolean last = i + 1 == runs.size();
      for (; token < ids.length && (last || encoded.starts()[token] < end); token++) {
        if (encoded.ends()[token] > end) {
          return Optional.empty();
        }
        loss[token] = run.trained();
      }
      if (i == 0 && !last && !startsWith(ids, tokenizer.encode(run.text(), false), token)) {
        return Optional.empty();
      }
    }
    return Optional.of(new EncodedDialogue(ids, loss));
  }

  private static boolean startsWith(int[] ids, int[] prefix, int length) {
    return prefix.length == length && Arrays.equals(ids, 0, length, prefix, 0, length);
  }
}
