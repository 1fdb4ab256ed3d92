package org.plumbline.model.tokenizer;

import java.util.Arrays;

/**
 * Decodes ids as they are generated. A character whose bytes are spread over several tokens comes
 * out when it is complete, and everything that came out equals the text decoded at once.
 */
public final class StreamingDecoder {
  private static final char INCOMPLETE = '\ufffd';

  private final TextTokenizer tokenizer;
  private final boolean skipSpecialTokens;
  private int[] ids = new int[16];
  private int size;
  // Decoding depends on what stands before, so the last piece that came out is decoded again.
  private int contextStart;
  private int pendingStart;

  StreamingDecoder(TextTokenizer tokenizer, boolean skipSpecialTokens) {
    this.tokenizer = tokenizer;
    this.skipSpecialTokens = skipSpecialTokens;
  }

  /** The text that this id completes; often one word, possibly nothing. */
  public String next(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
    String text = pending();
    if (text.isEmpty() || text.charAt(text.length() - 1) == INCOMPLETE) {
      return "";
    }
    contextStart = pendingStart;
    pendingStart = size;
    return text;
  }

  /** What is left when no more ids come: an unfinished character as U+FFFD, or nothing. */
  public String finish() {
    String text = pending();
    contextStart = pendingStart;
    pendingStart = size;
    return text;
  }

  private String pending() {
    String context = decode(contextStart, pendingStart);
    String all = decode(contextStart, size);
    return all.length() > context.length() ? all.substring(context.length()) : "";
  }

  private String decode(int from, int to) {
    return tokenizer.decode(Arrays.copyOfRange(ids, from, to), skipSpecialTokens);
  }
}
