package org.plumbline.model.adapter;

import java.util.List;

/**
 * What an adapter has beside its method's own tensors.
 *
 * @param headWidth labels of a head of its own, 0 for none
 * @param modules names of the base's modules that it trains and saves whole, such as {@code pooler}
 */
public record Extras(int headWidth, List<String> modules) {
  /** Nothing. */
  public static final Extras NONE = new Extras(0, List.of());

  public Extras {
    modules = List.copyOf(modules);
  }

  /** A head alone. */
  public static Extras head(int labels) {
    return new Extras(labels, List.of());
  }
}
