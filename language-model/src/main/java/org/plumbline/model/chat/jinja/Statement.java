package org.plumbline.model.chat.jinja;

/** A part of a template that writes or sets something. */
interface Statement {
  /** Where to go on. */
  enum Flow {
    NEXT,
    CONTINUE,
    BREAK
  }

  /** Writes to {@code out} and sets names in {@code scope}. */
  Flow execute(Scope scope, TextBuffer out);
}
