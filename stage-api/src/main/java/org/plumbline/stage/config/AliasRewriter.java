package org.plumbline.stage.config;

import java.util.Optional;

/** Moves values that stand under an alias to the key that the record has. */
final class AliasRewriter {
  private final ConfigProblems problems;

  AliasRewriter(ConfigProblems problems) {
    this.problems = problems;
  }

  /** The section with canonical keys; unknown keys stay as they are. */
  YamlNode.Mapping rewrite(Class<?> record, YamlNode.Mapping section, String prefix) {
    YamlNode.Mapping result = section;
    for (String written : section.entries().keySet()) {
      Optional<String> key = canonical(record, written);
      if (key.isPresent()) {
        YamlNode.Entry entry = section.entries().get(written);
        result = put(result.without(written), key.get(), entry, prefix);
      }
    }
    return result;
  }

  /**
   * The dotted key that an alias stands for here; empty for keys of the record and unknown ones.
   */
  private static Optional<String> canonical(Class<?> record, String written) {
    if (RecordKeys.of(record).contains(written)) {
      return Optional.empty();
    }
    return RecordKeys.component(record, written)
        .map(c -> KeyNames.snake(c.getName()))
        .or(
            () ->
                AliasTable.keysFor(written).stream()
                    .filter(key -> RecordKeys.has(record, key))
                    .findFirst());
  }

  /** Sets a dotted key, making sections on the way; what came by the command line wins. */
  YamlNode.Mapping put(
      YamlNode.Mapping section, String dotted, YamlNode.Entry entry, String prefix) {
    int dot = dotted.indexOf('.');
    String head = dot < 0 ? dotted : dotted.substring(0, dot);
    YamlNode.Entry present = section.entries().get(head);
    if (dot >= 0) {
      return nested(section, head, present, dotted.substring(dot + 1), entry, prefix);
    }
    if (present != null && !entry.place().isCommandLine()) {
      if (!present.place().isCommandLine()) {
        problems.add(
            prefix + "." + head,
            entry.place(),
            "%s and %s both stand for it; keep one".formatted(present.written(), entry.written()));
      }
      return section;
    }
    return section.with(head, entry);
  }

  private YamlNode.Mapping nested(
      YamlNode.Mapping section,
      String head,
      YamlNode.@org.jspecify.annotations.Nullable Entry present,
      String rest,
      YamlNode.Entry entry,
      String prefix) {
    YamlNode inner = present == null ? YamlNode.emptySection(entry.place()) : present.value();
    if (inner instanceof YamlNode.Scalar scalar && scalar.isNull()) {
      inner = YamlNode.emptySection(scalar.place());
    }
    if (!(inner instanceof YamlNode.Mapping mapping)) {
      problems.add(
          prefix + "." + head + "." + rest,
          entry.place(),
          "cannot be set: %s.%s holds %s, no section".formatted(prefix, head, inner.found()));
      return section;
    }
    YamlNode.Mapping changed = put(mapping, rest, entry, prefix + "." + head);
    Place place = present == null ? entry.place() : present.place();
    String written = present == null ? head : present.written();
    return section.with(head, new YamlNode.Entry(written, place, changed));
  }
}
