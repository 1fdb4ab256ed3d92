package org.plumbline.model.chat.jinja;

/** What Python takes for whitespace and for line ends in texts. */
final class Whitespace {
  private Whitespace() {}

  static boolean isSpace(int point) {
    return point <= 0x20
        ? point == ' ' || (point >= 0x09 && point <= 0x0d) || point >= 0x1c
        : point == 0x85
            || point == 0xa0
            || point == 0x1680
            || (point >= 0x2000 && point <= 0x200a)
            || point == 0x2028
            || point == 0x2029
            || point == 0x202f
            || point == 0x205f
            || point == 0x3000;
  }

  static boolean isLineEnd(int point) {
    return (point >= 0x0a && point <= 0x0d)
        || (point >= 0x1c && point <= 0x1e)
        || point == 0x85
        || point == 0x2028
        || point == 0x2029;
  }

  /** First place at or after {@code from} that is no whitespace. All whitespace lies in the BMP. */
  static int skip(String text, int from) {
    int at = from;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  static String stripEnd(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}
