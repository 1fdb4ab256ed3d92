package org.plumbline.model.chat.jinja;

import java.util.Locale;

/** Upper, lower and title case. */
final class TextCases {
  private TextCases() {}

  /** First character as in titles, all others lower. */
  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return titled(text.codePointAt(0)) + text.substring(first).toLowerCase(Locale.ROOT);
  }

  /** Each first letter of a run of letters as in titles, the others lower. */
  static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean[] inWord = {false};
    text.codePoints()
        .forEach(
            point -> {
              result.append(inWord[0] ? lower(point) : titled(point));
              inWord[0] = isCased(point);
            });
    return result.toString();
  }

  static String swapped(String text) {
    StringBuilder result = new StringBuilder();
    text.codePoints()
        .forEach(
            point ->
                result.append(
                    Character.isUpperCase(point)
                        ? lower(point)
                        : Character.toString(point).toUpperCase(Locale.ROOT)));
    return result.toString();
  }

  /** For comparisons without case. */
  static String folded(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  static boolean isCased(int point) {
    return Character.isUpperCase(point)
        || Character.isLowerCase(point)
        || Character.isTitleCase(point);
  }

  private static String lower(int point) {
    return Character.toString(point).toLowerCase(Locale.ROOT);
  }

  private static String titled(int point) {
    int title = Character.toTitleCase(point);
    String upper = Character.toString(point).toUpperCase(Locale.ROOT);
    if (title != point || upper.codePointCount(0, upper.length()) == 1) {
      return Character.toString(title);
    }
    int first = upper.offsetByCodePoints(0, 1); // ß becomes Ss
    return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
  }
}
