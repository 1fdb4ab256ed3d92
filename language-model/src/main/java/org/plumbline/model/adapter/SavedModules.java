package org.plumbline.model.adapter;

import java.util.List;
import java.util.Set;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.tensor.Parameter;

/** Modules of the base that an adapter trains and saves whole: PEFT's {@code modules_to_save}. */
final class SavedModules {
  private static final Set<Role> SUPPORTED = Set.of(Role.POOLER);

  private SavedModules() {}

  /** Adds those named; heads that score are the adapter's own and looked for elsewhere. */
  static void build(List<String> modules, AdapterTensors tensors, AdapterParts parts) {
    for (TensorRef ref : tensors.layout().all()) {
      if (SUPPORTED.contains(ref.role()) && modules.stream().anyMatch(name -> isIn(ref, name))) {
        parts.whole(ref, parameter(tensors, ref, parts.prefix() + ref.name()));
      }
    }
    for (String module : modules) {
      boolean known =
          HeadPlace.MODULES.contains(module)
              || tensors.layout().all().stream()
                  .anyMatch(ref -> SUPPORTED.contains(ref.role()) && isIn(ref, module));
      if (!known && !tensors.fromFolder()) {
        throw new IllegalArgumentException(
            "modules_to_save names %s, which cannot be trained whole beside an adapter; supported: pooler, and heads that score"
                .formatted(module));
      }
    }
  }

  private static boolean isIn(TensorRef ref, String module) {
    return ("." + ref.module() + ".").contains("." + module + ".");
  }

  /** A tensor of the base as a parameter of the adapter, from the base's values. */
  static Parameter parameter(AdapterTensors tensors, TensorRef ref, String name) {
    long[] shape = ref.shape().stream().mapToLong(Long::longValue).toArray();
    return tensors.parameter(
        name,
        (values, seed) -> System.arraycopy(tensors.baseValues(ref), 0, values, 0, values.length),
        shape);
  }
}
