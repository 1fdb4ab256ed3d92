package org.plumbline.model.chat.jinja;

/** Backslash escapes of string literals, as Python reads them. */
final class Escapes {
  private Escapes() {}

  /** The text that a literal's content stands for; unknown escapes stay as they are. */
  static String decoded(String literal) {
    if (literal.indexOf('\\') < 0) {
      return literal;
    }
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < literal.length()) {
      char next = literal.charAt(at);
      if (next == '\\' && at + 1 < literal.length()) {
        at = escape(literal, at + 1, text);
      } else {
        text.append(next);
        at++;
      }
    }
    return text.toString();
  }

  /** Appends what the escape stands for whose letter lies at {@code at}; returns its end. */
  private static int escape(String literal, int at, StringBuilder text) {
    char letter = literal.charAt(at);
    switch (letter) {
      case '\n' -> {}
      case '\\', '\'', '"' -> text.append(letter);
      case 'a' -> text.append('\u0007');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'v' -> text.append('\u000b');
      case 'x' -> {
        return hex(literal, at, 2, text);
      }
      case 'u' -> {
        return hex(literal, at, 4, text);
      }
      case 'U' -> {
        return hex(literal, at, 8, text);
      }
      case 'N' -> {
        return named(literal, at, text);
      }
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        return octal(literal, at, text);
      }
      default -> text.append('\\').append(letter);
    }
    return at + 1;
  }

  private static int hex(String literal, int at, int digits, StringBuilder text) {
    int end = at + 1 + digits;
    try {
      int point = Integer.parseInt(literal, at + 1, end, 16);
      text.appendCodePoint(point);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw PythonError.value("truncated \\%sXX escape", literal.charAt(at));
    }
    return end;
  }

  private static int octal(String literal, int at, StringBuilder text) {
    int end = at;
    int value = 0;
    while (end < literal.length() && end < at + 3 && "01234567".indexOf(literal.charAt(end)) >= 0) {
      value = value * 8 + literal.charAt(end) - '0';
      end++;
    }
    text.appendCodePoint(value);
    return end;
  }

  private static int named(String literal, int at, StringBuilder text) {
    int end = literal.indexOf('}', at);
    if (end < 0 || !literal.startsWith("{", at + 1)) {
      throw PythonError.value("malformed \\N character escape");
    }
    try {
      text.appendCodePoint(Character.codePointOf(literal.substring(at + 2, end)));
    } catch (IllegalArgumentException e) {
      throw PythonError.value("unknown Unicode character name");
    }
    return end + 1;
  }
}
