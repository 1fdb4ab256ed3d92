package org.plumbline.model.safetensors;

import java.util.Arrays;
import java.util.Objects;

/**
 * Name, element type and shape of a tensor; row-major.
 *
 * @param shape sizes of the axes, outermost first; empty for a scalar
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out, compared by value
public record TensorSpec(String name, DType dtype, long... shape) {
  public TensorSpec {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /**
   * Number of elements.
   *
   * @throws ArithmeticException where it does not fit a long
   */
  public long elements() {
    long elements = 1;
    for (long size : shape) {
      elements = Math.multiplyExact(elements, size);
    }
    return elements;
  }

  /** Length of the data in bytes. */
  public long bytes() {
    return Math.multiplyExact(elements(), (long) dtype.bytes());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorSpec that
        && name.equals(that.name)
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, dtype, Arrays.hashCode(shape));
  }

  @Override
  public String toString() {
    return "%s %s%s".formatted(name, dtype, Arrays.toString(shape));
  }
}
