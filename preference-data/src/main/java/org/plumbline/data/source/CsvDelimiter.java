package org.plumbline.data.source;

import java.io.BufferedReader;
import java.io.IOException;

/** Finds what separates the cells: the most frequent of the usual marks in the header. */
final class CsvDelimiter {
  private static final String USUAL = ",;\t";
  private static final int LOOK_AHEAD = 1 << 16;

  private CsvDelimiter() {}

  /** Looks at the header without consuming it; a byte-order mark before it is consumed. */
  static char of(BufferedReader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != '\uFEFF') {
      reader.reset();
    }
    reader.mark(LOOK_AHEAD);
    int[] counts = new int[USUAL.length()];
    boolean quoted = false;
    for (int read = 0; read < LOOK_AHEAD - 1; read++) {
      int c = reader.read();
      if (c < 0 || ((c == '\n' || c == '\r') && !quoted)) {
        break;
      }
      quoted ^= c == '"';
      int mark = USUAL.indexOf(c);
      if (mark >= 0 && !quoted) {
        counts[mark]++;
      }
    }
    reader.reset();
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    return USUAL.charAt(best);
  }
}
