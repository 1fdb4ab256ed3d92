package org.plumbline.model.chat.jinja;

/** A text marked as safe HTML: what is added to it is escaped. */
record Markup(String text) {
  /** The text of a value with HTML's special characters escaped. */
  static Markup escaped(Execution execution, Object value) {
    if (value instanceof Markup markup) {
      return markup;
    }
    String text = PythonText.str(execution, value);
    execution.requireText(5L * text.length());
    return new Markup(
        text.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&#34;")
            .replace("'", "&#39;"));
  }
}
