package org.plumbline.model.chat.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Values as JSON, as Python's {@code json.dumps} writes them. */
final class JsonText {
  private final Execution execution;
  private final Style style;
  private final TextBuffer text;

  private JsonText(Execution execution, Style style) {
    this.execution = execution;
    this.style = style;
    this.text = new TextBuffer(execution);
  }

  /**
   * How to write.
   *
   * @param ascii whether other characters are escaped
   * @param indented whether elements have lines of their own
   * @param indent what each level puts before them
   * @param item between elements
   * @param key between a key and its value
   * @param sorted whether keys are sorted
   */
  record Style(
      boolean ascii, boolean indented, String indent, String item, String key, boolean sorted) {}

  static String of(Execution execution, Object value, Style style) {
    JsonText json = new JsonText(execution, style);
    json.write(value, 0);
    return json.text.toString();
  }

  private void write(Object value, int level) {
    execution.enter();
    if (PythonText.isText(value)) {
      quote(PythonText.raw(value));
    } else if (value instanceof List<?> list) {
      writeAll(list, level);
    } else if (value instanceof Tuple tuple) {
      writeAll(tuple.items(), level);
    } else if (value instanceof Map<?, ?> dict) {
      writeDict(dict, level);
    } else {
      text.append(scalar(value));
    }
    execution.leave();
  }

  private static String scalar(Object value) {
    if (value == None.NONE) {
      return "null";
    } else if (value instanceof Boolean truth) {
      return truth ? "true" : "false";
    } else if (value instanceof Double number) {
      return number.isNaN()
          ? "NaN"
          : number.isInfinite() ? (number > 0 ? "Infinity" : "-Infinity") : FloatText.of(number);
    } else if (Numbers.isInteger(value)) {
      return value.toString();
    }
    throw PythonError.type("Object of type %s is not JSON serializable", Types.name(value));
  }

  private void writeAll(List<?> items, int level) {
    if (items.isEmpty()) {
      text.append("[]");
      return;
    }
    text.append("[");
    for (int i = 0; i < items.size(); i++) {
      separate(i, level + 1);
      write(items.get(i), level + 1);
    }
    close(level);
    text.append("]");
  }

  private void writeDict(Map<?, ?> dict, int level) {
    if (dict.isEmpty()) {
      text.append("{}");
      return;
    }
    text.append("{");
    int count = 0;
    for (Iterator<?> keys = keys(dict); keys.hasNext(); ) {
      Object key = keys.next();
      separate(count++, level + 1);
      quote(keyText(key));
      text.append(style.key());
      write(Dicts.get(execution, dict, key), level + 1);
    }
    close(level);
    text.append("}");
  }

  private Iterator<?> keys(Map<?, ?> dict) {
    return style.sorted()
        ? dict.keySet().stream()
            .sorted((a, b) -> Comparisons.compare(execution, "<", a, b))
            .iterator()
        : dict.keySet().iterator();
  }

  private static String keyText(Object key) {
    if (PythonText.isText(key)) {
      return PythonText.raw(key);
    }
    if (key == None.NONE || Numbers.isNumber(key)) {
      return scalar(key);
    }
    throw PythonError.type("keys must be str, int, float, bool or None, not %s", Types.name(key));
  }

  private void separate(int index, int level) {
    if (index > 0) {
      text.append(style.item());
    }
    if (style.indented()) {
      newLine(level);
    }
  }

  private void close(int level) {
    if (style.indented()) {
      newLine(level);
    }
  }

  private void newLine(int level) {
    execution.requireText((long) style.indent().length() * level);
    text.append("\n").append(style.indent().repeat(level));
  }

  private void quote(String string) {
    text.append("\"");
    for (int i = 0; i < string.length(); i++) {
      char next = string.charAt(i);
      switch (next) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\f' -> text.append("\\f");
        case '\b' -> text.append("\\b");
        default -> {
          if (next < ' ' || (style.ascii() && next > '~')) {
            text.append("\\u%04x".formatted((int) next));
          } else {
            text.append(next);
          }
        }
      }
    }
    text.append("\"");
  }
}
