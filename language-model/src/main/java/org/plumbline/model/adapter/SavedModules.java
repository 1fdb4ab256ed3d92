package org.plumbline.model.adapter;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;

/**
 * Modules of the base that an adapter has whole, as copies of its own: PEFT's {@code
 * modules_to_save}, and embeddings and output head of a folder that brings new tokens. The output
 * head of a tied base is a module like any other: beside trained embeddings it stays what it was.
 */
final class SavedModules {
  private SavedModules() {}

  /** Those of the base's tensors that can be had whole. */
  private static List<TensorRef> candidates(TransformerConfig base, TensorLayout layout) {
    List<TensorRef> all = new ArrayList<>();
    for (TensorRef ref : layout.all()) {
      if (ref.role() == Role.POOLER || ref.role() == Role.TOKEN_EMBEDDING) {
        all.add(ref);
      }
    }
    TensorLayout.outputHead(base).ifPresent(all::add);
    return all;
  }

  /**
   * The tensors of modules; heads that score are left out.
   *
   * @throws IllegalArgumentException naming a module that cannot be had whole
   */
  static List<TensorRef> of(TransformerConfig base, TensorLayout layout, List<String> modules) {
    List<TensorRef> candidates = candidates(base, layout);
    for (String module : modules) {
      boolean known =
          HeadPlace.MODULES.contains(module)
              || candidates.stream().anyMatch(ref -> isIn(ref, module));
      if (!known) {
        throw new IllegalArgumentException(
            "modules_to_save names %s, which cannot be trained whole beside an adapter; the model has %s for that, and heads that score"
                .formatted(
                    module, candidates.stream().map(SavedModules::name).distinct().toList()));
      }
    }
    return candidates.stream()
        .filter(ref -> modules.stream().anyMatch(module -> isIn(ref, module)))
        .toList();
  }

  private static String name(TensorRef ref) {
    String module = ref.module();
    return ref.role() == Role.POOLER ? "pooler" : module.substring(module.lastIndexOf('.') + 1);
  }

  private static boolean isIn(TensorRef ref, String module) {
    return ("." + ref.module() + ".").contains("." + module + ".");
  }

  /** Adds fresh ones, which start as the base's. */
  static void begin(List<String> modules, AdapterTensors tensors, AdapterParts parts) {
    for (TensorRef ref : of(tensors.base(), tensors.layout(), modules)) {
      if (parts.lowRanks.containsKey(ref)) {
        throw new IllegalArgumentException(
            "%s is among the targets and in modules_to_save; trained whole it needs no matrices, so name it once"
                .formatted(ref.module()));
      }
      parts.whole(ref, parameter(tensors, ref, parts.prefix() + ref.name()));
    }
  }

  /** Adds those of a folder: what it names, and embeddings and output head where it has them. */
  static void read(List<String> modules, StoredTensors tensors, AdapterParts parts) {
    for (TensorRef ref : candidates(tensors.base(), tensors.layout())) {
      String module = parts.prefix() + ref.module();
      String name = parts.prefix() + ref.name();
      boolean named = modules.stream().anyMatch(one -> isIn(ref, one));
      boolean there = ref.role() != Role.POOLER && tensors.stored(name).isPresent();
      if (named || there) {
        parts.whole(ref, parameter(tensors, ref, name));
        // Beside grown embeddings PEFT saves them twice, and what they were before training.
        tensors.use(module + ".modules_to_save.weight");
        tensors.use(module + ".original_module.weight");
      }
    }
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
