package org.plumbline.model.chat.jinja;

import java.util.List;

/**
 * What a template made of its variables.
 *
 * @param generated what lay in {@code {% generation %}} blocks, in order
 */
public record Rendered(String text, List<Span> generated) {
  public Rendered {
    generated = List.copyOf(generated);
  }
}
