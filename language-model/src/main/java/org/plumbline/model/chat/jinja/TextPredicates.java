package org.plumbline.model.chat.jinja;

import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Methods such as {@code isdigit} that say what a text consists of. */
final class TextPredicates {
  private TextPredicates() {}

  static void addTo(Map<String, StringMethods.Method> methods) {
    all(methods, "isspace", Whitespace::isSpace);
    all(methods, "isalpha", Character::isLetter);
    all(methods, "isdecimal", Character::isDigit);
    all(methods, "isdigit", TextPredicates::isDigit);
    all(methods, "isnumeric", TextPredicates::isNumeric);
    all(methods, "isalnum", point -> Character.isLetter(point) || isNumeric(point));
    put(methods, "isascii", text -> text.chars().allMatch(c -> c < 128));
    put(methods, "isprintable", text -> text.codePoints().allMatch(PythonText::isPrintable));
    put(methods, "isupper", TextPredicates::isUpper);
    put(methods, "islower", TextPredicates::isLower);
    put(methods, "istitle", TextPredicates::isTitle);
    put(methods, "isidentifier", TextPredicates::isIdentifier);
  }

  /** A method that holds for texts whose characters are all of one kind, if they have any. */
  private static void all(
      Map<String, StringMethods.Method> methods, String name, IntPredicate kind) {
    put(methods, name, text -> !text.isEmpty() && text.codePoints().allMatch(kind));
  }

  private static void put(
      Map<String, StringMethods.Method> methods, String name, Predicate<String> predicate) {
    methods.put(
        name,
        (execution, text, arguments) -> {
          arguments.bind(name, 0);
          return predicate.test(text);
        });
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
