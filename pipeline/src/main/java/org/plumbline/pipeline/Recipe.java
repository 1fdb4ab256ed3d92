package org.plumbline.pipeline;

import java.util.List;
import java.util.Optional;

/**
 * A whole recipe, read and checked.
 *
 * @param source the file's name, for messages
 * @param steps in the order in which they run
 */
public record Recipe(String source, RunSettings run, List<Step<?>> steps) {
  public Recipe {
    steps = List.copyOf(steps);
  }

  /** The step of this name. */
  Optional<Step<?>> step(String name) {
    return steps.stream().<Step<?>>map(step -> step).filter(s -> s.name().equals(name)).findFirst();
  }
}
