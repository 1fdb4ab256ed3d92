package org.plumbline.model.chat.jinja;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Texts counted in code points, as Python does. */
final class CodePoints {
  private CodePoints() {}

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The piece between two code points, both within the text. */
  static String slice(String text, int start, int end) {
    int from = text.offsetByCodePoints(0, start);
    return text.substring(from, text.offsetByCodePoints(from, end - start));
  }

  static int compare(String left, String right) {
    Iterator<Integer> others = right.codePoints().iterator();
    for (Iterator<Integer> points = left.codePoints().iterator(); points.hasNext(); ) {
      if (!others.hasNext()) {
        return 1;
      }
      int order = Integer.compare(points.next(), others.next());
      if (order != 0) {
        return order;
      }
    }
    return others.hasNext() ? -1 : 0;
  }

  /** The characters of a text, each a text of its own. */
  static Iterator<Object> iterate(String text) {
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        return at < text.length();
      }

      @Override
      public Object next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        int start = at;
        at = text.offsetByCodePoints(at, 1);
        return text.substring(start, at);
      }
    };
  }
}
