package org.plumbline.model.adapter;

import java.util.List;
import java.util.stream.Stream;

/**
 * What an adapter has beside its method's own tensors.
 *
 * @param headWidth labels of a head of its own, 0 for none
 * @param modules names of the base's modules that it trains and saves whole: {@code pooler}, token
 *     embeddings ({@code embed_tokens}, {@code wte}), {@code lm_head}
 */
public record Extras(int headWidth, List<String> modules) {
  /** Nothing. */
  public static final Extras NONE = new Extras(0, List.of());

  public Extras {
    modules = List.copyOf(modules);
  }

  /** The same with further modules. */
  public Extras with(List<String> more) {
    return new Extras(
        headWidth, Stream.concat(modules.stream(), more.stream()).distinct().toList());
  }

  /** A head alone. */
  public static Extras head(int labels) {
    return new Extras(labels, List.of());
  }
}
