package org.plumbline.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.stage.Stage;
import org.plumbline.stage.config.ConfigProblems;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.KeyNames;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.stage.config.Overrides;
import org.plumbline.stage.config.Place;
import org.plumbline.stage.config.YamlNode;

/** Reads recipes; every problem of every section is shown before anything runs. */
public final class RecipeReader {
  private static final Set<String> KEYS = Set.of("run", "stages");

  private final StageCatalog catalog;

  /** A reader for the stages of a catalog. */
  public RecipeReader(StageCatalog catalog) {
    this.catalog = catalog;
  }

  /** A section of the recipe before it is read. */
  private record Section(String name, Stage<?> stage) {}

  /**
   * Reads a recipe file.
   *
   * @param overrides texts of {@code --set NAME.key=value}
   * @throws org.plumbline.stage.config.ConfigException with all problems
   */
  public Recipe read(Path file, List<String> overrides) {
    YamlNode root = LocatedYaml.read(file);
    ConfigProblems problems = new ConfigProblems();
    if (!(root instanceof YamlNode.Mapping mapping)) {
      problems.add(
          "", root.place(), "is %s; a recipe has the keys run and stages".formatted(root.found()));
      problems.throwIfAny();
      throw new IllegalStateException("unreachable");
    }
    return read(file.toString(), mapping, new Settings(Map.of(), overrides), problems);
  }

  /**
   * What is put in place of a recipe's own values.
   *
   * @param values by {@code NAME.key}
   * @param overrides texts of {@code --set NAME.key=value}, which win over these too
   */
  public record Settings(Map<String, YamlNode> values, List<String> overrides) {}

  /**
   * Reads a recipe that stands in a larger file.
   *
   * @param source the file's name, for messages
   * @param problems what was wrong before
   * @throws org.plumbline.stage.config.ConfigException with all problems
   */
  public Recipe read(
      String source, YamlNode.Mapping mapping, Settings settings, ConfigProblems problems) {
    refuseUnknownKeys(mapping, problems);
    Map<String, YamlNode.Mapping> sections = new LinkedHashMap<>();
    sections.put("run", run(mapping, problems));
    Map<String, Section> stages = sections(mapping, sections, problems);
    settings
        .values()
        .forEach(
            (target, value) ->
                Overrides.put(
                    sections,
                    target,
                    value,
                    Place.commandLine(value.place() + ": " + target),
                    problems));
    return build(
        source, Overrides.apply(sections, settings.overrides(), problems), stages, problems);
  }

  /**
   * A recipe of one stage, from a file that holds the stage's keys.
   *
   * @param flags {@code --key value} pairs that override the file
   */
  public Recipe single(
      String kind, Optional<Path> file, RunSettings run, List<Map.Entry<String, String>> flags) {
    Stage<?> stage = catalog.find(kind).orElseThrow();
    ConfigProblems problems = new ConfigProblems();
    YamlNode.Mapping section = YamlNode.emptySection(new Place(kind, 0));
    String name = stage.kind();
    if (file.isPresent()) {
      YamlNode root = LocatedYaml.read(file.get());
      if (root instanceof YamlNode.Mapping mapping) {
        Optional<YamlNode> inner = mapping.get(kind);
        section =
            mapping.entries().size() == 1 && inner.orElse(root) instanceof YamlNode.Mapping only
                ? only
                : mapping;
      } else {
        problems.add(
            "",
            root.place(),
            "is %s; the keys of stage %s are needed".formatted(root.found(), kind));
      }
    }
    Optional<YamlNode> given = section.get("name");
    if (given.isPresent() && given.get() instanceof YamlNode.Scalar scalar) {
      name = scalar.text();
      section = section.without("name");
    }
    for (Map.Entry<String, String> flag : flags) {
      section = Overrides.flag(section, name, flag.getKey(), flag.getValue(), problems);
    }
    List<Step<?>> steps = new ArrayList<>();
    read(stage, name, section, problems).ifPresent(steps::add);
    problems.throwIfAny();
    return new Recipe(file.map(Path::toString).orElse("command line"), run, steps);
  }

  private static void refuseUnknownKeys(YamlNode.Mapping mapping, ConfigProblems problems) {
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!KEYS.contains(key)) {
                problems.add(
                    key,
                    entry.place(),
                    "unknown key; a recipe has run and stages"
                        + KeyNames.nearest(key, KEYS)
                            .map(k -> ", did you mean " + k + "?")
                            .orElse(""));
              }
            });
  }

  private static YamlNode.Mapping run(YamlNode.Mapping mapping, ConfigProblems problems) {
    Optional<YamlNode> run = mapping.get("run");
    if (run.isPresent() && run.get() instanceof YamlNode.Mapping section) {
      return section;
    }
    run.ifPresent(
        node ->
            problems.add(
                "run", node.place(), "is %s; a section is needed".formatted(node.found())));
    return YamlNode.emptySection(mapping.place());
  }

  private Map<String, Section> sections(
      YamlNode.Mapping mapping, Map<String, YamlNode.Mapping> sections, ConfigProblems problems) {
    Map<String, Section> stages = new LinkedHashMap<>();
    Optional<YamlNode> list = mapping.get("stages");
    if (list.isEmpty() || !(list.get() instanceof YamlNode.Sequence sequence)) {
      problems.add("stages", mapping.place(), "is missing; a list of stages is needed");
      return stages;
    }
    if (sequence.items().isEmpty()) {
      problems.add("stages", sequence.place(), "is empty; at least one stage is needed");
    }
    for (YamlNode item : sequence.items()) {
      if (!(item instanceof YamlNode.Mapping one) || one.entries().size() != 1) {
        problems.add(
            "stages",
            item.place(),
            "is %s; each item is one stage: - KIND: {…}".formatted(item.found()));
        continue;
      }
      Map.Entry<String, YamlNode.Entry> entry = one.entries().entrySet().iterator().next();
      section(entry.getKey(), entry.getValue(), sections, stages, problems);
    }
    return stages;
  }

  private void section(
      String kind,
      YamlNode.Entry entry,
      Map<String, YamlNode.Mapping> sections,
      Map<String, Section> stages,
      ConfigProblems problems) {
    Optional<Stage<?>> stage = catalog.find(kind);
    if (stage.isEmpty()) {
      problems.add(
          "stages",
          entry.place(),
          "unknown stage %s%s; stages: %s"
              .formatted(
                  kind,
                  KeyNames.nearest(kind, catalog.kinds())
                      .map(k -> ", did you mean " + k + "?")
                      .orElse(""),
                  String.join(", ", catalog.kinds())));
      return;
    }
    YamlNode.Mapping section =
        entry.value() instanceof YamlNode.Mapping m ? m : YamlNode.emptySection(entry.place());
    if (!(entry.value() instanceof YamlNode.Mapping)
        && !(entry.value() instanceof YamlNode.Scalar scalar && scalar.isNull())) {
      problems.add(
          kind, entry.place(), "is %s; a section is needed".formatted(entry.value().found()));
    }
    String name = stage.get().kind();
    Optional<YamlNode> given = section.get("name");
    if (given.isPresent() && given.get() instanceof YamlNode.Scalar scalar) {
      name = scalar.text();
      section = section.without("name");
    }
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*") || name.equals("run")) {
      problems.add(
          kind + ".name",
          entry.place(),
          "is %s; letters, digits, '.', '_' and '-' are needed, and not run".formatted(name));
    } else if (stages.putIfAbsent(name, new Section(name, stage.get())) != null) {
      problems.add(
          kind + ".name",
          entry.place(),
          "%s is taken by an earlier stage; give one of them another name:".formatted(name));
    } else {
      sections.put(name, section);
    }
  }

  private static Recipe build(
      String source,
      Map<String, YamlNode.Mapping> sections,
      Map<String, Section> stages,
      ConfigProblems problems) {
    Optional<RunSettings> run =
        ConfigReader.read(
            RunSettings.class,
            sections.getOrDefault("run", YamlNode.emptySection(new Place(source, 1))),
            "run",
            problems);
    List<Step<?>> steps = new ArrayList<>();
    for (Section section : stages.values()) {
      YamlNode.Mapping node = sections.get(section.name());
      if (node != null) {
        read(section.stage(), section.name(), node, problems).ifPresent(steps::add);
      }
    }
    problems.throwIfAny();
    return new Recipe(source, run.orElseThrow(), steps);
  }

  private static <C extends Record> Optional<Step<C>> read(
      Stage<C> stage, String name, YamlNode.Mapping section, ConfigProblems problems) {
    return ConfigReader.read(stage.configType(), section, name, problems)
        .map(config -> new Step<>(name, stage, config));
  }
}
