package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The state of a rule: tensors, one per parameter, under the names that torch gives its slots. */
final class StateSlots {
  private final RuleParts parts;
  private final Map<String, List<NDArray>> slots = new LinkedHashMap<>();

  StateSlots(RuleParts parts) {
    this.parts = parts;
  }

  /** Adds a slot of float32 zeros in the parameters' shapes. */
  List<NDArray> zeros(String slot) {
    return add(slot, parts.zeros());
  }

  /** Adds such a slot if it is wanted, else one without tensors. */
  List<NDArray> zerosIf(boolean wanted, String slot) {
    return wanted ? zeros(slot) : List.of();
  }

  List<NDArray> add(String slot, List<NDArray> tensors) {
    slots.put(slot, tensors);
    return tensors;
  }

  /** By {@code slot/parameter}. */
  Map<String, NDArray> state() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    slots.forEach(
        (slot, tensors) -> {
          for (int i = 0; i < tensors.size(); i++) {
            all.put(slot + "/" + parts.parameters().get(i).name(), tensors.get(i));
          }
        });
    return all;
  }
}
