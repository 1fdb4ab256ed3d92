package org.plumbline.model.config;

import java.util.List;
import java.util.OptionalInt;

/**
 * Token ids with a meaning to the model.
 *
 * @param eos any of these ends a text; may be empty
 * @param pad may equal an eos
 */
public record SpecialIds(OptionalInt bos, List<Integer> eos, OptionalInt pad) {
  public SpecialIds {
    eos = List.copyOf(eos);
  }
}
