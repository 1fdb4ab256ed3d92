package org.plumbline.model.chat.jinja;

/**
 * A template that is not valid, or that fails or refuses while it renders. The message names line
 * and column of the template and what jinja2 would say.
 */
public final class TemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private static final String REFUSAL = "TemplateError";
  private static final String SYNTAX = "TemplateSyntaxError";

  private final String kind;
  private final String reason;
  private final int line;
  private final int column;

  TemplateException(String kind, String reason, Position position) {
    super(
        "chat template line %d, column %d: %s%s"
            .formatted(
                position.line(),
                position.column(),
                kind.equals(REFUSAL) || kind.equals(SYNTAX) ? "" : kind + ": ",
                reason));
    this.kind = kind;
    this.reason = reason;
    this.line = position.line();
    this.column = position.column();
  }

  static TemplateException syntax(String reason, Position position) {
    return new TemplateException(SYNTAX, reason, position);
  }

  static TemplateException of(PythonError error, Position position) {
    return new TemplateException(error.kind(), error.reason(), position);
  }

  /** Python's exception class: TemplateError where the template itself refuses. */
  public String kind() {
    return kind;
  }

  /** The bare message, such as the template's own words to {@code raise_exception}. */
  public String reason() {
    return reason;
  }

  /** Line of the template, from 1. */
  public int line() {
    return line;
  }

  /** Column in that line, from 1. */
  public int column() {
    return column;
  }
}
