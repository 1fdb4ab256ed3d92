package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.quantization.Quantized;
import org.plumbline.model.quantization.Quantizer;
import org.plumbline.model.quantization.Scheme;
import org.plumbline.model.safetensors.DType;

/**
 * Linear layers of a frozen base that stay packed in memory; kernels unpack one when it multiplies.
 * What is stored as floats is packed in NF4 with double quantisation while it is read.
 */
final class PackedSites {
  private final NDManager manager;
  private final Quantizer quantizer;
  private final DType read;
  private final Map<TensorRef, Quantized> parts = new LinkedHashMap<>();

  PackedSites(NDManager manager, TransformerConfig config) {
    this.manager = manager;
    this.quantizer = new Quantizer(manager);
    // As it is stored: blocks of rounded values would have other scales.
    this.read = config.dtype() == DType.BF16 ? DType.BF16 : DType.F32;
  }

  /** Whether a weight is packed. */
  boolean holds(TensorRef ref) {
    return parts.containsKey(ref);
  }

  /** A packed weight's values in the stored orientation. */
  NDArray unpack(NDManager scope, TensorRef ref, DType dtype) {
    NDArray matrix = matrix(scope, ref, dtype);
    return ref.transposed() ? quantizer.turned(scope, matrix) : matrix;
  }

  /** A packed weight's values as they multiply: (out, in). */
  NDArray matrix(NDManager scope, TensorRef ref, DType dtype) {
    return quantizer.unpack(scope, Objects.requireNonNull(parts.get(ref)), dtype);
  }

  /** Puts a site's parts where the kernels look for them. */
  void place(NDArray[] arrays, int slots, Site site, List<TensorRef> weights, TensorSource source) {
    if (weights.isEmpty()) {
      return;
    }
    long rows = 0;
    for (int part = 0; part < weights.size(); part++) {
      Quantized packed = packed(weights.get(part), source);
      int at = slots + Slots.MORE + (site.ordinal() * Slots.PARTS + part) * Slots.ARRAYS;
      for (int i = 0; i < Slots.ARRAYS; i++) {
        arrays[at + i] = packed.arrays().get(i);
      }
      requireAlike(packed, weights.get(part));
      arrays[slots + Slots.TABLES] = quantizer.pairs(packed.scheme());
      arrays[slots + Slots.TABLES + 1] = quantizer.dynamic();
      arrays[slots + Slots.TABLES + 2] = manager.create((long) packed.block());
      rows += packed.rows();
    }
    arrays[site.slot()] = manager.create(new Shape(rows, 0));
  }

  private Quantized packed(TensorRef ref, TensorSource source) {
    Quantized packed = source.packed(manager, ref).orElseGet(() -> pack(ref, source));
    parts.put(ref, packed);
    return packed;
  }

  private Quantized pack(TensorRef ref, TensorSource source) {
    try (NDManager temporary = manager.newSubManager()) {
      NDArray stored = source.read(temporary, ref, read);
      NDArray matrix = ref.transposed() ? quantizer.turned(temporary, stored) : stored;
      return quantizer.pack(manager, matrix, Scheme.NF4, Quantizer.DEFAULT_BLOCK, true);
    } catch (ArithmeticException e) {
      throw new ModelFormatException(
          "tensor \"%s\" cannot be quantised: %s".formatted(ref.name(), e.getMessage()), e);
    }
  }

  /** One scheme and block size serve all layers. */
  private void requireAlike(Quantized packed, TensorRef ref) {
    Quantized first = parts.values().iterator().next();
    boolean alike =
        packed.scheme() == first.scheme()
            && (!packed.scheme().fourBit() || packed.block() == first.block());
    if (!alike) {
      throw new ModelFormatException(
          "tensor \"%s\" is packed as %s in blocks of %d, others as %s in blocks of %d; one way for all is needed"
              .formatted(
                  ref.name(), packed.scheme(), packed.block(), first.scheme(), first.block()));
    }
  }
}
