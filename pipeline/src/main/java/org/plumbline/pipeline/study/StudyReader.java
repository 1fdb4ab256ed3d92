package org.plumbline.pipeline.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.pipeline.Recipe;
import org.plumbline.pipeline.RecipeReader;
import org.plumbline.pipeline.StageCatalog;
import org.plumbline.stage.config.ConfigProblems;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.KeyNames;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.stage.config.YamlNode;

/** Reads study files: a recipe with a key {@code study:}; every mistake of every arm is shown. */
public final class StudyReader {
  private static final String KEY = "study";

  private final StageCatalog catalog;

  /** A reader for the stages of a catalog. */
  public StudyReader(StageCatalog catalog) {
    this.catalog = catalog;
  }

  /** Whether a file is a study; false where it cannot be read. */
  public static boolean isStudy(Path file) {
    try {
      return LocatedYaml.read(file) instanceof YamlNode.Mapping root && root.get(KEY).isPresent();
    } catch (org.plumbline.stage.config.ConfigException e) {
      return false; // who reads it says why
    }
  }

  /**
   * Reads a study file.
   *
   * @param overrides texts of {@code --set NAME.key=value}, of shared stages and those of trials
   * @throws org.plumbline.stage.config.ConfigException with all problems
   */
  public Study read(Path file, List<String> overrides) {
    ConfigProblems problems = new ConfigProblems();
    if (!(LocatedYaml.read(file) instanceof YamlNode.Mapping root)
        || !(root.get(KEY).orElse(root) instanceof YamlNode.Mapping section)
        || section.equals(root)) {
      problems.add(
          KEY,
          new org.plumbline.stage.config.Place(file.toString(), 1),
          "is missing; a study is a recipe with a section study");
      problems.throwIfAny();
      throw new IllegalStateException("unreachable");
    }
    Optional<StudySettings> settings =
        ConfigReader.read(
            StudySettings.class, section.without("arms").without("stages"), KEY, problems);
    List<Arm> arms = new ArmReader(problems).read(section);
    List<YamlNode> once = list(root, "stages", problems);
    List<YamlNode> own = list(section, "stages", problems);
    problems.throwIfAny();
    Study.Trials trials =
        new Study.Trials(
            new RecipeReader(catalog), file.toString(), whole(root, once, own), overrides);
    Recipe first = trials.recipe(arms.get(0).at(arms.get(0).points().get(0)), problems);
    Recipe shared = new Recipe(first.source(), first.run(), first.steps().subList(0, once.size()));
    Study study = new Study(settings.orElseThrow(), arms, shared, trials);
    check(study, root, problems);
    return study;
  }

  private static List<YamlNode> list(
      YamlNode.Mapping section, String key, ConfigProblems problems) {
    Optional<YamlNode> node = section.get(key);
    if (node.isPresent()
        && node.get() instanceof YamlNode.Sequence sequence
        && !sequence.items().isEmpty()) {
      return sequence.items();
    }
    problems.add(
        key,
        section.place(),
        "is missing; a study has stages that run once, and study.stages that each trial runs");
    return List.of();
  }

  /** The file as a recipe of all stages. */
  private static YamlNode.Mapping whole(
      YamlNode.Mapping root, List<YamlNode> once, List<YamlNode> own) {
    List<YamlNode> all = new ArrayList<>(once);
    all.addAll(own);
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(root.without(KEY).entries());
    YamlNode.Entry stages = entries.get("stages");
    if (stages != null) {
      entries.put(
          "stages",
          new YamlNode.Entry("stages", stages.place(), new YamlNode.Sequence(stages.place(), all)));
    }
    return new YamlNode.Mapping(root.place(), entries);
  }

  /** Reads every point of every arm, so that no trial fails at its turn for its settings. */
  private static void check(Study study, YamlNode.Mapping root, ConfigProblems problems) {
    StudySettings settings = study.settings();
    require(study.baseline(), study.armNames(), "study.baseline", root, problems);
    for (Arm arm : study.arms()) {
      if (arm.points().size() > 1 && settings.search().isEmpty()) {
        problems.add(
            "study.search",
            root.place(),
            "is missing; arm %s has a grid of %d points"
                .formatted(arm.name(), arm.points().size()));
      }
      for (Arm.Point point : arm.points()) {
        Recipe trial = study.recipe(new Study.Trial(arm, point, settings.seeds().get(0)));
        require(study.measured(trial), study.own(trial), "study.measured", root, problems);
      }
    }
    List<String> stages = study.own(study.firstOfEachArm().get(0));
    settings
        .figures()
        .forEach(
            (title, key) -> require(stage(key), stages, "study.figures." + title, root, problems));
    settings
        .search()
        .ifPresent(
            search ->
                require(stage(search.minimise()), stages, "study.search.minimise", root, problems));
    problems.throwIfAny();
  }

  /** The stage of {@code STAGE.key}. */
  private static String stage(String key) {
    return key.substring(0, Math.max(0, key.indexOf('.')));
  }

  private static void require(
      String name, List<String> names, String key, YamlNode.Mapping root, ConfigProblems problems) {
    if (!names.contains(name)) {
      problems.add(
          key,
          root.place(),
          "is %s; needed: one of %s%s"
              .formatted(
                  name,
                  String.join(", ", names),
                  KeyNames.nearest(name, names).map(n -> ", did you mean " + n + "?").orElse("")));
    }
  }
}
