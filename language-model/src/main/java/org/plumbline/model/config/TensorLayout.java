package org.plumbline.model.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.quantization.PackedWeight;
import org.plumbline.model.quantization.QuantizedFolder;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.WeightFolder;

/** Which tensors a model of this config stores, and under which names. */
public final class TensorLayout {
  private final ModelFamily family;
  private final List<TensorRef> tensors;
  private final Map<Place, List<TensorRef>> byPlace = new LinkedHashMap<>();

  private record Place(Role role, int layer, boolean bias) {}

  private TensorLayout(ModelFamily family, List<TensorRef> tensors) {
    this.family = family;
    this.tensors = tensors;
    tensors.forEach(
        ref ->
            byPlace
                .computeIfAbsent(
                    new Place(ref.role(), ref.layer(), ref.bias()), place -> new ArrayList<>())
                .add(ref));
  }

  /** By the config's family and head. */
  public static TensorLayout of(TransformerConfig config) {
    ModelFamily family = ModelFamilies.of(Path.of("config.json"), config.modelType());
    return new TensorLayout(family, family.tensors(config));
  }

  /**
   * The matrix of a decoder's output head, under the name that it has where it is stored: where it
   * is tied it is no tensor of the layout.
   */
  public static Optional<TensorRef> outputHead(TransformerConfig config) {
    return config.head() == Head.LANGUAGE_MODEL
        ? of(config.withTiedEmbeddings(false)).find(Role.LM_HEAD, TensorRef.NO_LAYER, false)
        : Optional.empty();
  }

  /** All tensors in the order of the network. A tied head is not among them. */
  public List<TensorRef> all() {
    return tensors;
  }

  /** The tensor in this place, if this family has one there. */
  public Optional<TensorRef> find(Role role, int layer, boolean bias) {
    return every(role, layer, bias).stream().findFirst();
  }

  /** All tensors in this place: one per expert, at most one elsewhere. */
  public List<TensorRef> every(Role role, int layer, boolean bias) {
    return byPlace.getOrDefault(new Place(role, layer, bias), List.of());
  }

  /** The tensor in this place, which this family must have. */
  public TensorRef get(Role role, int layer, boolean bias) {
    return find(role, layer, bias)
        .orElseThrow(
            () ->
                new NoSuchElementException(
                    "%s of layer %d (bias %s) is not stored by model_type %s"
                        .formatted(role, layer, bias, family.modelType())));
  }

  /**
   * Finds each tensor among the names in a folder, where the trunk's prefix may be missing (files
   * saved from {@code GPT2Model}). Tied heads, masks and rotary tables end among the unused.
   */
  public Resolved resolve(Set<String> names) {
    Map<TensorRef, String> stored = new LinkedHashMap<>();
    List<TensorRef> missing = new ArrayList<>();
    for (TensorRef ref : tensors) {
      spellings(ref).stream()
          .filter(names::contains)
          .findFirst()
          .ifPresentOrElse(name -> stored.put(ref, name), () -> missing.add(ref));
    }
    Set<String> unused = new LinkedHashSet<>(names);
    unused.removeAll(stored.values());
    unused.removeIf(name -> family.isBuffer(name) || PackedWeight.isPart(name));
    return new Resolved(stored, missing, List.copyOf(unused));
  }

  private List<String> spellings(TensorRef ref) {
    List<String> all = new ArrayList<>(family.spellings(ref.name()));
    for (String name : family.spellings(ref.name())) {
      if (name.startsWith(family.trunkPrefix())) {
        all.add(name.substring(family.trunkPrefix().length()));
      }
    }
    return all;
  }

  /**
   * {@link #resolve} on a folder, complete and with the right shapes.
   *
   * @throws ModelFormatException naming the missing or misshapen tensor
   */
  public Resolved verify(WeightFolder weights) {
    Resolved resolved = resolve(weights.names()).requireAll(weights.folder());
    checkShapes(weights, resolved);
    return resolved;
  }

  /** Compares the shapes of the tensors that are there with those that the config asks for. */
  public void checkShapes(WeightFolder weights, Resolved resolved) {
    resolved
        .stored()
        .forEach(
            (ref, name) -> {
              Optional<PackedWeight> packed = QuantizedFolder.find(weights, name);
              List<Long> shape =
                  packed
                      .map(weight -> stored(weight, ref))
                      .orElseGet(
                          () -> LongStream.of(weights.tensor(name).shape()).boxed().toList());
              if (!shape.equals(ref.shape())) {
                throw new ModelFormatException(
                    "%s: tensor \"%s\" has shape %s, config.json asks for %s. Files of two models?"
                        .formatted(weights.fileOf(name), name, shape, ref.shape()));
              }
              DType dtype = weights.tensor(name).dtype();
              if (packed.isEmpty() && !dtype.isFloat()) {
                throw new ModelFormatException(
                    "%s: tensor \"%s\" is %s; weights in a float type, or packed by bitsandbytes, are needed"
                        .formatted(weights.fileOf(name), name, dtype));
              }
            });
  }

  /** Packed matrices are kept as they multiply, even where the family keeps [in, out]. */
  private static List<Long> stored(PackedWeight weight, TensorRef ref) {
    return ref.transposed()
        ? List.of(weight.columns(), weight.rows())
        : List.of(weight.rows(), weight.columns());
  }
}
