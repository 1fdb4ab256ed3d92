package org.plumbline.model.chat.jinja;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code "{0} {name.attribute[key]!r:>8}".format(…)}, with the sandbox's view of attributes. */
final class BraceFormat {
  private static final Pattern FIELD =
      Pattern.compile("([^.\\[!:]*)((?:\\.[^.\\[!:]+|\\[[^\\]]+\\])*)(?:!([rsa]))?(?::(.*))?", 32);
  private static final Pattern STEP = Pattern.compile("\\.([^.\\[]+)|\\[([^\\]]+)\\]");

  private final Execution execution;
  private final Arguments arguments;
  private int automatic;
  private boolean numbered;

  private BraceFormat(Execution execution, Arguments arguments) {
    this.execution = execution;
    this.arguments = arguments;
  }

  static Object apply(Execution execution, String format, Arguments arguments) {
    return new BraceFormat(execution, arguments).filled(format, 2);
  }

  private String filled(String format, int nesting) {
    if (nesting == 0) {
      throw PythonError.value("Max string recursion exceeded");
    }
    TextBuffer text = new TextBuffer(execution);
    int at = 0;
    while (at < format.length()) {
      char next = format.charAt(at);
      if ((next == '{' || next == '}') && format.startsWith(String.valueOf(next), at + 1)) {
        text.append(next);
        at += 2;
      } else if (next == '}') {
        throw PythonError.value("Single '}' encountered in format string");
      } else if (next == '{') {
        int end = fieldEnd(format, at);
        text.append(field(format.substring(at + 1, end), nesting));
        at = end + 1;
      } else {
        text.append(next);
        at++;
      }
    }
    return text.toString();
  }

  private static int fieldEnd(String format, int open) {
    int depth = 0;
    for (int at = open; at < format.length(); at++) {
      depth += format.charAt(at) == '{' ? 1 : format.charAt(at) == '}' ? -1 : 0;
      if (depth == 0) {
        return at;
      }
    }
    throw PythonError.value("Single '{' encountered in format string");
  }

  private String field(String field, int nesting) {
    execution.charge(20); // as long as reading one takes
    Matcher parts = FIELD.matcher(field);
    if (!parts.matches()) {
      throw PythonError.value("expected '}' before end of string");
    }
    Object value = argument(parts.group(1));
    for (Matcher step = STEP.matcher(parts.group(2)); step.find(); ) {
      value =
          step.group(1) != null
              ? Attributes.attribute(execution, value, step.group(1))
              : Attributes.item(execution, value, key(step.group(2)));
    }
    if (parts.group(3) != null) {
      value =
          parts.group(3).equals("s")
              ? PythonText.str(execution, value)
              : PythonText.repr(execution, value);
    }
    String spec = parts.group(4) == null ? "" : filled(parts.group(4), nesting - 1);
    return FormatSpec.apply(execution, value, spec);
  }

  private Object argument(String name) {
    if (!name.isEmpty() && !isIndex(name)) {
      Object value = arguments.keywords().get(name);
      if (value == null) {
        throw new PythonError("KeyError", "'" + name + "'");
      }
      return value;
    }
    numbered |= !name.isEmpty();
    int index = name.isEmpty() ? automatic++ : Integer.parseInt(name);
    if (numbered && automatic > 0) {
      throw PythonError.value("cannot mix manual field specification and automatic numbering");
    }
    if (index >= arguments.positional().size()) {
      throw new PythonError("IndexError", "tuple index out of range");
    }
    return arguments.positional().get(index);
  }

  private static Object key(String text) {
    return isIndex(text) ? (Object) Long.parseLong(text) : text;
  }

  private static boolean isIndex(String text) {
    return text.length() < 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
