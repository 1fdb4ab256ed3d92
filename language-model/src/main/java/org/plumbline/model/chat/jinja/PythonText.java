package org.plumbline.model.chat.jinja;

import java.util.List;
import java.util.Map;

/** Values as text: Python's {@code str} and {@code repr}. */
final class PythonText {
  private PythonText() {}

  static boolean isText(Object value) {
    return value instanceof String || value instanceof Markup;
  }

  /** The text of a value for which {@link #isText} holds. */
  static String raw(Object value) {
    return value instanceof Markup markup ? markup.text() : (String) value;
  }

  /** The text of a value that must be one. */
  static String requireText(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (!isText(value)) {
      throw PythonError.type("expected a string, got '%s'", Types.name(value));
    }
    return raw(value);
  }

  /** What printing the value writes. */
  static String str(Execution execution, Object value) {
    if (isText(value)) {
      return raw(value);
    }
    return value instanceof Undefined ? "" : repr(execution, value);
  }

  static String repr(Execution execution, Object value) {
    TextBuffer text = new TextBuffer(execution);
    write(execution, value, text);
    return text.toString();
  }

  private static void write(Execution execution, Object value, TextBuffer text) {
    execution.enter();
    if (value instanceof String string) {
      quote(string, text);
    } else if (value instanceof Boolean truth) {
      text.append(truth ? "True" : "False");
    } else if (value instanceof Double number) {
      execution.charge(20); // as long as that takes
      text.append(FloatText.of(number));
    } else if (value == None.NONE) {
      text.append("None");
    } else if (value instanceof List<?> list) {
      writeAll(execution, "[", list, "]", text);
    } else if (value instanceof Map<?, ?> dict) {
      writeDict(execution, dict, text);
    } else {
      writeHelper(execution, value, text);
    }
    execution.leave();
  }

  private static void writeHelper(Execution execution, Object value, TextBuffer text) {
    if (value instanceof Tuple tuple) {
      writeAll(execution, "(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")", text);
    } else if (value instanceof View view) {
      writeAll(execution, view.name() + "([", view.items(), "])", text);
    } else if (value instanceof Markup markup) {
      text.append("Markup(");
      quote(markup.text(), text);
      text.append(")");
    } else if (value instanceof Range range) {
      text.append("range(%d, %d".formatted(range.start(), range.stop()));
      text.append(range.step() == 1 ? ")" : ", %d)".formatted(range.step()));
    } else if (value instanceof Namespace namespace) {
      text.append("<Namespace ");
      writeDict(execution, namespace.attributes(), text);
      text.append(">");
    } else if (value instanceof LoopContext loop) {
      text.append("<LoopContext %s/%d>".formatted(loop.attribute("index"), loop.length()));
    } else if (Numbers.isInteger(value)) {
      text.append(value.toString());
    } else {
      text.append(value instanceof Undefined ? "Undefined" : "<" + Types.name(value) + ">");
    }
  }

  private static void writeAll(
      Execution execution, String open, List<?> items, String close, TextBuffer text) {
    text.append(open);
    String separator = "";
    for (Object item : items) {
      text.append(separator);
      write(execution, item, text);
      separator = ", ";
    }
    text.append(close);
  }

  private static void writeDict(Execution execution, Map<?, ?> dict, TextBuffer text) {
    text.append("{");
    String separator = "";
    for (Map.Entry<?, ?> entry : dict.entrySet()) {
      text.append(separator);
      write(execution, entry.getKey(), text);
      text.append(": ");
      write(execution, entry.getValue(), text);
      separator = ", ";
    }
    text.append("}");
  }

  /** In single quotes, or in double ones where that saves escapes. */
  private static void quote(String string, TextBuffer text) {
    char quote = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? '"' : '\'';
    text.append(String.valueOf(quote));
    string.codePoints().forEach(point -> escape(point, quote, text));
    text.append(String.valueOf(quote));
  }

  private static void escape(int point, char quote, TextBuffer text) {
    switch (point) {
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      case '\\' -> text.append("\\\\");
      default -> {
        if (point == quote) {
          text.append('\\').append(quote);
        } else if (isPrintable(point)) {
          text.appendCodePoint(point);
        } else {
          String format = point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x";
          text.append(format.formatted(point));
        }
      }
    }
  }

  static boolean isPrintable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> point == ' ';
      default -> true;
    };
  }
}
