package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An attribute of an attribute, such as {@code function.name} or {@code 0.content}, as filters take
 * it.
 */
record ItemPath(List<Object> steps, Optional<Object> fallback) {
  /** A path of a text with dots or an index; None is the value itself. */
  static ItemPath of(Object attribute) {
    List<Object> steps = new ArrayList<>();
    if (PythonText.isText(attribute)) {
      for (String step : PythonText.raw(attribute).split("\\.", -1)) {
        boolean index = !step.isEmpty() && step.chars().allMatch(Character::isDigit);
        steps.add(index && step.length() < 10 ? (Object) Long.parseLong(step) : step);
      }
    } else if (attribute != None.NONE) {
      steps.add(attribute);
    }
    return new ItemPath(steps, Optional.empty());
  }

  /** With a value for what is missing. */
  ItemPath or(Object value) {
    return new ItemPath(steps, value == None.NONE ? Optional.empty() : Optional.of(value));
  }

  Object of(Execution execution, Object value) {
    Object found = value;
    for (Object step : steps) {
      found = Attributes.item(execution, found, step);
      if (found instanceof Undefined && fallback.isPresent()) {
        found = fallback.get();
      }
    }
    return found;
  }
}
