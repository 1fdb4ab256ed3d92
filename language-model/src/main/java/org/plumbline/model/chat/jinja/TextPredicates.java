package org.plumbline.model.chat.jinja;

import java.util.Map;
import java.util.function.IntPredicate;

/** Methods such as {@code isdigit} that say what a text consists of. */
final class TextPredicates {
  private TextPredicates() {}

  static void addTo(Map<String, StringMethods.Method> methods) {
    put(methods, "isspace", Whitespace::isSpace);
    put(methods, "isalpha", Character::isLetter);
    put(methods, "isdecimal", Character::isDigit);
    put(methods, "isdigit", TextPredicates::isDigit);
    put(methods, "isnumeric", TextPredicates::isNumeric);
    put(methods, "isalnum", point -> Character.isLetter(point) || isNumeric(point));
    methods.put("isascii", (execution, text, arguments) -> text.chars().allMatch(c -> c < 128));
    methods.put(
        "isprintable",
        (execution, text, arguments) -> text.codePoints().allMatch(PythonText::isPrintable));
    methods.put("isupper", (execution, text, arguments) -> isUpper(text));
    methods.put("islower", (execution, text, arguments) -> isLower(text));
    methods.put("istitle", (execution, text, arguments) -> isTitle(text));
    methods.put("isidentifier", (execution, text, arguments) -> isIdentifier(text));
  }

  private static void put(
      Map<String, StringMethods.Method> methods, String name, IntPredicate predicate) {
    methods.put(
        name,
        (execution, text, arguments) -> !text.isEmpty() && text.codePoints().allMatch(predicate));
  }

  /** Digits of all scripts, superscripts and the like included. */
  @SuppressWarnings("CharacterGetNumericValue") // asked of numbers only, never of letters
  private static boolean isDigit(int point) {
    int value = Character.getNumericValue(point);
    return Character.isDigit(point)
        || (Character.getType(point) == Character.OTHER_NUMBER && value >= 0 && value <= 9);
  }

  private static boolean isNumeric(int point) {
    int type = Character.getType(point);
    return Character.isDigit(point)
        || type == Character.OTHER_NUMBER
        || type == Character.LETTER_NUMBER;
  }

  static boolean isUpper(String text) {
    return text.codePoints().anyMatch(Character::isUpperCase)
        && text.codePoints().noneMatch(p -> Character.isLowerCase(p) || Character.isTitleCase(p));
  }

  static boolean isLower(String text) {
    return text.codePoints().anyMatch(Character::isLowerCase)
        && text.codePoints().noneMatch(p -> Character.isUpperCase(p) || Character.isTitleCase(p));
  }

  private static boolean isTitle(String text) {
    return text.codePoints().anyMatch(TextCases::isCased) && TextCases.title(text).equals(text);
  }

  private static boolean isIdentifier(String text) {
    return !text.isEmpty()
        && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
        && text.codePoints().allMatch(Character::isUnicodeIdentifierPart);
  }
}
