package org.plumbline.data.tasks;

import java.util.List;

/**
 * Words with one tag each, in IOB2: {@code B-x} begins a span of type x, {@code I-x} goes on with
 * it, {@code O} is in none.
 */
public record TaggedWords(String id, List<String> words, List<String> tags) {
  public TaggedWords {
    words = List.copyOf(words);
    tags = List.copyOf(tags);
    if (words.size() != tags.size()) {
      throw new IllegalArgumentException(
          "%d words but %d tags; one tag per word is needed".formatted(words.size(), tags.size()));
    }
  }
}
