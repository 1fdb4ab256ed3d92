package org.plumbline.model.chat.jinja;

/** An exception as Python would raise it, on its way to the expression that knows its place. */
@SuppressWarnings("AnnotateFormatMethod") // its annotation would be a library of its own
final class PythonError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String kind;

  PythonError(String kind, String message) {
    super(message, null, false, false); // the place in the template counts, not the Java stack
    this.kind = kind;
  }

  /** Name of the Python exception class. */
  String kind() {
    return kind;
  }

  /** What it says. */
  String reason() {
    return String.valueOf(getMessage());
  }

  static PythonError type(String format, Object... arguments) {
    return new PythonError("TypeError", format.formatted(arguments));
  }

  static PythonError value(String format, Object... arguments) {
    return new PythonError("ValueError", format.formatted(arguments));
  }

  static PythonError overflow(String format, Object... arguments) {
    return new PythonError("OverflowError", format.formatted(arguments));
  }

  static PythonError runtime(String format, Object... arguments) {
    return new PythonError("TemplateRuntimeError", format.formatted(arguments));
  }

  static PythonError argument(String format, Object... arguments) {
    return new PythonError("FilterArgumentError", format.formatted(arguments));
  }

  static PythonError zeroDivision(String message) {
    return new PythonError("ZeroDivisionError", message);
  }

  static PythonError limit(String format, Object... arguments) {
    return new PythonError("LimitError", format.formatted(arguments));
  }
}
