package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Methods that cut a text into pieces. */
final class SplitMethods {
  private SplitMethods() {}

  static void addTo(Map<String, StringMethods.Method> methods) {
    methods.put("split", (execution, text, arguments) -> split(execution, text, arguments, false));
    methods.put("rsplit", (execution, text, arguments) -> split(execution, text, arguments, true));
    methods.put(
        "splitlines",
        (execution, text, arguments) ->
            lines(text, arguments.bind("splitlines", 0, "keepends").flag("keepends")));
    methods.put("partition", (execution, text, arguments) -> partition(text, arguments, false));
    methods.put("rpartition", (execution, text, arguments) -> partition(text, arguments, true));
    methods.put(
        "expandtabs",
        (execution, text, arguments) ->
            expanded(execution, text, arguments.bind("expandtabs", 0, "size").integer("size", 8)));
  }

  private static List<Object> split(
      Execution execution, String text, Arguments arguments, boolean fromEnd) {
    Arguments.Bound bound = arguments.bind("split", 0, "sep", "maxsplit");
    int most = bound.integer("maxsplit", -1);
    int limit = most < 0 ? Integer.MAX_VALUE : most;
    List<Object> pieces;
    if (!bound.has("sep")) {
      pieces = fromEnd ? wordsFromEnd(text, limit) : words(text, limit);
    } else {
      String separator = bound.text("sep", "");
      if (separator.isEmpty()) {
        throw PythonError.value("empty separator");
      }
      pieces = fromEnd ? splitFromEnd(text, separator, limit) : split(text, separator, limit);
    }
    execution.charge(pieces.size());
    return pieces;
  }

  private static List<Object> split(String text, String separator, int limit) {
    List<Object> pieces = new ArrayList<>();
    int at = 0;
    while (pieces.size() < limit) {
      int found = text.indexOf(separator, at);
      if (found < 0) {
        break;
      }
      pieces.add(text.substring(at, found));
      at = found + separator.length();
    }
    pieces.add(text.substring(at));
    return pieces;
  }

  private static List<Object> splitFromEnd(String text, String separator, int limit) {
    List<Object> pieces = new ArrayList<>();
    int end = text.length();
    while (pieces.size() < limit) {
      int found = text.lastIndexOf(separator, end - separator.length());
      if (found < 0) {
        break;
      }
      pieces.add(text.substring(found + separator.length(), end));
      end = found;
    }
    pieces.add(text.substring(0, end));
    Collections.reverse(pieces);
    return pieces;
  }

  private static List<Object> words(String text, int limit) {
    List<Object> words = new ArrayList<>();
    int at = Whitespace.skip(text, 0);
    while (at < text.length()) {
      if (words.size() == limit) {
        words.add(Whitespace.stripEnd(text.substring(at)));
        break;
      }
      int end = at;
      while (end < text.length() && !Whitespace.isSpace(text.charAt(end))) {
        end++;
      }
      words.add(text.substring(at, end));
      at = Whitespace.skip(text, end);
    }
    return words;
  }

  private static List<Object> wordsFromEnd(String text, int limit) {
    List<Object> words = new ArrayList<>();
    String rest = Whitespace.stripEnd(text);
    while (!rest.isEmpty()) {
      int start = rest.length();
      while (start > 0 && !Whitespace.isSpace(rest.charAt(start - 1))) {
        start--;
      }
      if (words.size() == limit) {
        words.add(rest);
        break;
      }
      words.add(rest.substring(start));
      rest = Whitespace.stripEnd(rest.substring(0, start));
    }
    Collections.reverse(words);
    return words;
  }

  /** The lines, with or without what ends them. */
  static List<Object> lines(String text, boolean keepEnds) {
    List<Object> lines = new ArrayList<>();
    int start = 0;
    int at = 0;
    while (at < text.length()) {
      char next = text.charAt(at);
      if (!Whitespace.isLineEnd(next)) {
        at++;
        continue;
      }
      int end = next == '\r' && text.startsWith("\n", at + 1) ? at + 2 : at + 1;
      lines.add(text.substring(start, keepEnds ? end : at));
      start = end;
      at = end;
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  private static Tuple partition(String text, Arguments arguments, boolean last) {
    String separator = arguments.bind("partition", 1, "sep").text("sep", "");
    if (separator.isEmpty()) {
      throw PythonError.value("empty separator");
    }
    int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at < 0) {
      return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
    }
    return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
  }

  private static String expanded(Execution execution, String text, int size) {
    TextBuffer result = new TextBuffer(execution);
    int column = 0;
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (next == '\t') {
        int spaces = size > 0 ? size - column % size : 0;
        execution.requireText(spaces);
        result.append(" ".repeat(spaces));
        column += spaces;
      } else {
        result.append(next);
        column = next == '\n' || next == '\r' ? 0 : column + 1;
      }
    }
    return result.toString();
  }
}
