package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMerge;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.adapter.PeftFolder;
import org.plumbline.model.adapter.PeftWriter;
import org.plumbline.model.adapter.VirtualTokens;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.KernelScript;

/** The named adapters of a base: made, read, combined, written. */
final class AdapterShelf {
  private final NDManager manager;
  private final KernelScript kernels;
  private final TransformerConfig config;
  private final BaseWeights base;
  private final BaseOrigin origin;
  private final Runnable changed;
  private final Map<String, Adapter> adapters = new LinkedHashMap<>();

  /**
   * Begins empty.
   *
   * @param origin of the base
   * @param changed run after a tensor of an adapter was written
   */
  AdapterShelf(
      NDManager manager,
      KernelScript kernels,
      TransformerConfig config,
      BaseWeights base,
      BaseOrigin origin,
      Runnable changed) {
    this.manager = manager;
    this.kernels = kernels;
    this.config = config;
    this.base = base;
    this.origin = origin;
    this.changed = changed;
  }

  /** As {@link TransformerModel#addAdapter(String, AdapterMethod, Extras, long)}. */
  Adapter add(String name, AdapterMethod method, Extras extras, long seed) {
    return register(
        PeftFolder.create(manager, config, this::values, name, method, extras, seed, changed));
  }

  /** As {@link TransformerModel#loadAdapter}. */
  Adapter load(String name, Path folder) {
    return register(PeftFolder.load(folder, name, manager, config, this::values, changed));
  }

  /** As {@link TransformerModel#combine}. */
  Adapter combine(String name, List<AdapterMerge.Weighted> some, AdapterMerge.Combination how) {
    return register(AdapterMerge.of(manager, base.layout(), name, some, how, changed));
  }

  private Adapter register(Adapter adapter) {
    if (adapters.putIfAbsent(adapter.name(), adapter) != null) {
      throw new IllegalArgumentException("adapter %s exists already".formatted(adapter.name()));
    }
    return adapter;
  }

  /** A tensor of the base as it is stored. */
  private float[] values(TensorRef ref) {
    try (NDManager scope = manager.newSubManager()) {
      return base.carrier().floats(base.export(ref, scope));
    }
  }

  /** As {@link TransformerModel#saveAdapter}. */
  void save(Adapter adapter, Path folder, Path named) {
    try (NDManager scope = manager.newSubManager()) {
      Map<String, NDArray> extra = new LinkedHashMap<>();
      if (origin.carriesEmbeddings(named)) {
        // A tied head too: it stays the base's where the embeddings alone are trained.
        Stream.concat(
                base.layout().find(Role.TOKEN_EMBEDDING, -1, false).stream(),
                TensorLayout.outputHead(config).stream())
            .forEach(ref -> extra.put(adapter.prefix() + ref.name(), base.export(ref, scope)));
      }
      adapter
          .virtual()
          .ifPresent(
              tokens ->
                  extra.put(VirtualTokens.SAVED, TunedWeights.rows(kernels, scope, false, tokens)));
      PeftWriter.save(adapter, folder, origin.named(folder, named), config, base.carrier(), extra);
      if (adapter.head().isPresent()) {
        ModelLoader.saveLabels(config.labels(), folder);
      }
    }
  }
}
