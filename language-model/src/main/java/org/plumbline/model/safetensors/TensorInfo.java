package org.plumbline.model.safetensors;

/**
 * Where a tensor stands in its file.
 *
 * @param begin first byte, counted from the start of the data section
 * @param end one past the last byte
 */
public record TensorInfo(TensorSpec spec, long begin, long end) {
  public String name() {
    return spec.name();
  }

  public DType dtype() {
    return spec.dtype();
  }

  public long[] shape() {
    return spec.shape();
  }

  public long elements() {
    return spec.elements();
  }

  public long bytes() {
    return end - begin;
  }
}
