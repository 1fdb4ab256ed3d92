package org.plumbline.model.adapter;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.tensor.Parameter;

/** Reads PEFT's folders: adapter_config.json and adapter_model.safetensors. */
public final class PeftFolder {
  /** Name of the weights file without its ending. */
  public static final String STEM = "adapter_model";

  /** What stands before the names of the base model's tensors; see {@link #prefix}. */
  static final String PREFIX = "base_model.model.";

  private static final String PREFIX_BESIDE_VIRTUAL_TOKENS = "base_model.";

  /** Of a base that is open in bfloat16. */
  private static final float COPY_TOLERANCE = 0.01f;

  private PeftFolder() {}

  /**
   * Loads an adapter for a base model.
   *
   * @param owner owns the tensors
   * @param base the base model's sizes
   * @param values the base's tensors as they are stored
   * @param changed run after a tensor was written
   * @throws ModelFormatException if the folder is no adapter of a known method, or not of this base
   */
  public static Adapter load(
      Path folder,
      String name,
      NDManager owner,
      TransformerConfig base,
      Function<TensorRef, float[]> values,
      Runnable changed) {
    PeftJson json = PeftJson.read(folder);
    AdapterMethod method = json.method();
    TensorLayout layout = TensorLayout.of(base);
    try (WeightFolder weights = WeightFolder.open(folder, STEM)) {
      StoredTensors tensors = new StoredTensors(owner, base, layout, weights, changed);
      AdapterParts parts = new AdapterParts();
      method.build(tensors, parts);
      requireRows(folder, weights, layout);
      SavedModules.read(json.strings(PeftJson.MODULES_TO_SAVE), tensors, parts);
      HeadPlace place = HeadPlace.of(layout, parts.prefix());
      Parameter head = null;
      for (String module : HeadPlace.MODULES) {
        boolean biased = weights.contains(parts.prefix() + module + ".bias");
        String task = json.node().path("task_type").asText("SEQ_CLS");
        HeadPlace at = new HeadPlace(module, task, biased, parts.prefix());
        Optional<long[]> shape = tensors.stored(at.weight());
        if (shape.isPresent()) {
          place = at;
          head =
              tensors.parameter(
                  at.weight(), AdapterTensors.Start.ZEROS, shape.get()[0], base.hiddenSize());
          refuseBias(folder, weights, at);
          refuseUnderHead(folder, layout, at);
          tensors.use(at.bias());
        }
      }
      copies(folder, weights, layout, values, tensors.used());
      refuseUnused(folder, weights.names(), tensors.used(), layout);
      return Adapter.stored(
          name, method, parts, json.strings(PeftJson.MODULES_TO_SAVE), place, head);
    }
  }

  /** What stands before the names of the base model's tensors in an adapter's folder. */
  public static String prefix(WeightFolder weights) {
    return prefix(weights.contains(VirtualTokens.SAVED));
  }

  static String prefix(boolean virtualTokens) {
    return virtualTokens ? PREFIX_BESIDE_VIRTUAL_TOKENS : PREFIX;
  }

  /**
   * The head that a folder's adapter stands under, empty where it brings none.
   *
   * @param weights of the adapter
   */
  public static Optional<Head> head(Path folder, WeightFolder weights) {
    boolean brings =
        HeadPlace.MODULES.stream()
            .anyMatch(module -> weights.contains(prefix(weights) + module + ".weight"));
    if (!brings) {
      return Optional.empty();
    }
    return Optional.of(
        switch (PeftJson.read(folder).node().path("task_type").asText("SEQ_CLS")) {
          case "TOKEN_CLS" -> Head.TOKEN_CLASSIFICATION;
          case "QUESTION_ANS" -> Head.QUESTION_ANSWERING;
          default -> Head.SEQUENCE_CLASSIFICATION;
        });
  }

  /** Outputs of the head that a folder's adapter brings. */
  public static int labels(WeightFolder weights) {
    return HeadPlace.MODULES.stream()
        .map(module -> prefix(weights) + module + ".weight")
        .filter(weights::contains)
        .mapToInt(name -> Math.toIntExact(weights.tensor(name).spec().shape()[0]))
        .findFirst()
        .orElse(0);
  }

  /**
   * A fresh adapter on a base.
   *
   * @param owner owns its tensors
   * @param values the base's tensors as they are stored
   * @param extras what comes beside the method's own tensors
   * @param changed run after a tensor was written
   * @throws IllegalArgumentException if no module matches the targets, or a rank does not fit
   */
  public static Adapter create(
      NDManager owner,
      TransformerConfig base,
      Function<TensorRef, float[]> values,
      String name,
      AdapterMethod method,
      Extras extras,
      long seed,
      Runnable changed) {
    FreshTensors tensors =
        new FreshTensors(owner, base, TensorLayout.of(base), values, seed, changed);
    return Adapter.create(tensors, name, method, extras);
  }

  /** A masked language model's own layers below its head would stand below the adapter's too. */
  private static void refuseUnderHead(Path folder, TensorLayout layout, HeadPlace head) {
    if (layout.find(Role.HEAD_TRANSFORM, -1, false).isPresent()) {
      throw new ModelFormatException(
          "%s brings a head (%s) for a bare trunk, but its base is open as a masked language model; open the base under the adapter's task"
              .formatted(folder, head.module()));
    }
  }

  private static void refuseBias(Path folder, WeightFolder weights, HeadPlace head) {
    if (head.biased()) {
      for (float value : weights.readFloats(head.bias())) {
        if (value != 0) {
          throw new ModelFormatException(
              "%s: %s is not 0; an adapter's head has no bias here"
                  .formatted(folder.resolve(STEM + ".safetensors"), head.bias()));
        }
      }
    }
  }

  /**
   * Rows of the token embeddings that an adapter's folder carries for new tokens; empty where it
   * carries none.
   */
  public static OptionalInt vocabulary(WeightFolder weights, TensorLayout layout) {
    String name = prefix(weights) + layout.get(Role.TOKEN_EMBEDDING, -1, false).name();
    return weights.contains(name)
        ? OptionalInt.of(Math.toIntExact(weights.tensor(name).spec().shape()[0]))
        : OptionalInt.empty();
  }

  /** A base must have rows for all tokens that an adapter's folder has embeddings of. */
  private static void requireRows(Path folder, WeightFolder weights, TensorLayout layout) {
    long open = layout.get(Role.TOKEN_EMBEDDING, -1, false).shape().get(0);
    OptionalInt rows = vocabulary(weights, layout);
    if (rows.isPresent() && rows.getAsInt() > open) {
      throw new ModelFormatException(
          "%s carries embeddings of %d tokens, but the open base has %d; open base and adapter together, by the adapter's folder"
              .formatted(folder, rows.getAsInt(), open));
    }
  }

  /** PEFT saves the embeddings below its own beside them; they must be those of the base. */
  private static void copies(
      Path folder,
      WeightFolder weights,
      TensorLayout layout,
      Function<TensorRef, float[]> values,
      Set<String> used) {
    for (TensorRef ref : layout.all()) {
      String copy = PREFIX + ref.module() + ".base_layer.weight";
      if (!ref.bias() && weights.contains(copy)) {
        float[] ours = values.apply(ref);
        float[] theirs = weights.readFloats(copy);
        boolean same = ours.length == theirs.length;
        for (int i = 0; same && i < ours.length; i++) {
          same = Math.abs(ours[i] - theirs[i]) <= COPY_TOLERANCE;
        }
        if (!same) {
          throw new ModelFormatException(
              "%s: %s is not what the open base has. Is this another model's adapter?"
                  .formatted(folder.resolve(STEM + ".safetensors"), copy));
        }
        used.add(copy);
      }
    }
  }

  private static void refuseUnused(
      Path folder, Set<String> names, Set<String> used, TensorLayout layout) {
    List<String> rest = names.stream().filter(name -> !used.contains(name)).sorted().toList();
    if (!rest.isEmpty() || used.isEmpty()) {
      List<String> modules =
          layout.all().stream()
              .filter(ref -> !ref.bias() && ref.layer() >= 0)
              .map(TensorRef::module)
              .toList();
      throw new ModelFormatException(
          "%s: %s; the base model's modules are such as %s. Is this another model's adapter?"
              .formatted(
                  folder.resolve(STEM + ".safetensors"),
                  rest.isEmpty()
                      ? "no tensor of an adapter found"
                      : "tensor %s belongs to no adapted module (%d such)"
                          .formatted(rest.get(0), rest.size()),
                  modules.isEmpty() ? "none" : modules.get(modules.size() / 2)));
    }
  }
}
