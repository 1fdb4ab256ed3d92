package org.plumbline.stage.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A YAML value that knows where it stands. Immutable; aliases are already expanded. */
public sealed interface YamlNode {
  /** Where the value begins. */
  Place place();

  /** What a message says was found, such as {@code "8" (quoted text)}. */
  String found();

  /**
   * A single value.
   *
   * @param text the value without quotes
   * @param plain true if it was written without quotes, hence may be a number or boolean
   */
  record Scalar(Place place, String text, boolean plain) implements YamlNode {
    /** True for {@code key:}, {@code null} and {@code ~}. */
    public boolean isNull() {
      return plain
          && (text.isEmpty() || text.equals("~") || text.equals("null") || text.equals("Null"));
    }

    @Override
    public String found() {
      if (isNull()) {
        return "nothing";
      }
      String shown = text.length() > 60 ? text.substring(0, 57) + "…" : text;
      return plain ? shown : '"' + shown + "\" (quoted text)";
    }
  }

  /** A list. */
  record Sequence(Place place, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String found() {
      return "a list of " + items.size();
    }
  }

  /** Keys and values in file order. */
  record Mapping(Place place, Map<String, Entry> entries) implements YamlNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** The value of a key, if it is there. */
    public Optional<YamlNode> get(String key) {
      return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    /** A copy with the key set, at its old position if it was there. */
    public Mapping with(String key, Entry entry) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      changed.put(key, entry);
      return new Mapping(place, changed);
    }

    /** A copy without the key. */
    public Mapping without(String key) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      changed.remove(key);
      return new Mapping(place, changed);
    }

    @Override
    public String found() {
      return "a section (" + String.join(", ", entries.keySet()) + ")";
    }
  }

  /**
   * One key of a mapping.
   *
   * @param written the key as the user wrote it, which an alias may have replaced
   * @param place where the key stands
   */
  record Entry(String written, Place place, YamlNode value) {}

  /** A section without keys. */
  static Mapping emptySection(Place place) {
    return new Mapping(place, Map.of());
  }
}
