package org.plumbline.pipeline.study;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.stage.config.ConfigProblems;
import org.plumbline.stage.config.KeyNames;
import org.plumbline.stage.config.YamlNode;

/** Reads {@code study.arms}: items with {@code name}, {@code set} and {@code grid}. */
final class ArmReader {
  private static final Set<String> KEYS = Set.of("name", "set", "grid");

  private final ConfigProblems problems;

  ArmReader(ConfigProblems problems) {
    this.problems = problems;
  }

  /** All arms, in the order of the file. */
  List<Arm> read(YamlNode.Mapping study) {
    Optional<YamlNode> node = study.get("arms");
    if (node.isEmpty()
        || !(node.get() instanceof YamlNode.Sequence sequence)
        || sequence.items().isEmpty()) {
      problems.add(
          "study.arms", study.place(), "is missing; a list of {name, set, grid} is needed");
      return List.of();
    }
    List<Arm> arms = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlNode item : sequence.items()) {
      if (item instanceof YamlNode.Mapping mapping) {
        Arm arm = arm(mapping);
        arms.add(arm);
        if (!names.add(arm.name())) {
          problems.add("study.arms", item.place(), "holds the name %s twice".formatted(arm.name()));
        }
      } else {
        problems.add(
            "study.arms",
            item.place(),
            "is %s; each item is {name, set, grid}".formatted(item.found()));
      }
    }
    return arms;
  }

  private Arm arm(YamlNode.Mapping mapping) {
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!KEYS.contains(key)) {
                problems.add(
                    "study.arms." + key,
                    entry.place(),
                    "unknown key; an arm has name, set and grid"
                        + KeyNames.nearest(key, KEYS)
                            .map(near -> ", did you mean " + near + "?")
                            .orElse(""));
              }
            });
    Optional<YamlNode> given = mapping.get("name");
    String name = given.map(YamlNode::found).orElse("");
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._+-]*")) {
      problems.add(
          "study.arms.name",
          given.map(YamlNode::place).orElse(mapping.place()),
          "is %s; letters, digits, '.', '_', '+' and '-' are needed"
              .formatted(name.isEmpty() ? "missing" : name));
    }
    Map<String, YamlNode> settings = new LinkedHashMap<>();
    section(mapping, "set").forEach((key, entry) -> settings.put(key, entry.value()));
    return new Arm(name, settings, points(section(mapping, "grid")));
  }

  private Map<String, YamlNode.Entry> section(YamlNode.Mapping arm, String key) {
    Optional<YamlNode> node = arm.get(key);
    if (node.isEmpty()) {
      return Map.of();
    }
    if (node.get() instanceof YamlNode.Mapping mapping) {
      return mapping.entries();
    }
    problems.add(
        "study.arms." + key,
        node.get().place(),
        "is %s; a section of STAGE.key: value is needed".formatted(node.get().found()));
    return Map.of();
  }

  /** All combinations; the last key changes fastest. */
  private List<Arm.Point> points(Map<String, YamlNode.Entry> grid) {
    List<Arm.Point> points = List.of(Arm.Point.ONLY);
    for (Map.Entry<String, YamlNode.Entry> axis : grid.entrySet()) {
      YamlNode values = axis.getValue().value();
      if (!(values instanceof YamlNode.Sequence sequence) || sequence.items().isEmpty()) {
        problems.add(
            "study.arms.grid." + axis.getKey(),
            values.place(),
            "is %s; a list of values is needed".formatted(values.found()));
        continue;
      }
      List<Arm.Point> more = new ArrayList<>();
      for (Arm.Point point : points) {
        sequence.items().forEach(value -> more.add(with(point, axis.getKey(), value)));
      }
      points = more;
    }
    return points;
  }

  private static Arm.Point with(Arm.Point point, String target, YamlNode value) {
    Map<String, YamlNode> values = new LinkedHashMap<>(point.values());
    values.put(target, value);
    String own =
        target.substring(target.lastIndexOf('.') + 1)
            + "="
            + value.found().replaceAll("[^A-Za-z0-9.+-]+", "_");
    return new Arm.Point(point.values().isEmpty() ? own : point.label() + "," + own, values);
  }
}
