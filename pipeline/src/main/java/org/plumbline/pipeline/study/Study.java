package org.plumbline.pipeline.study;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.pipeline.Recipe;
import org.plumbline.pipeline.RecipeReader;
import org.plumbline.pipeline.RunFolder;
import org.plumbline.pipeline.Step;
import org.plumbline.stage.config.ConfigProblems;
import org.plumbline.stage.config.Place;
import org.plumbline.stage.config.YamlNode;

/** A study file, read and checked. */
public final class Study {
  private final StudySettings settings;
  private final List<Arm> arms;
  private final Recipe shared;
  private final Trials trials;

  /**
   * What makes a recipe of one trial.
   *
   * @param root the file's run and stages, those of the trials behind those that all share
   * @param overrides texts of {@code --set}
   */
  record Trials(RecipeReader reader, String source, YamlNode.Mapping root, List<String> overrides) {
    Recipe recipe(Map<String, YamlNode> values, ConfigProblems problems) {
      return reader.read(source, root, new RecipeReader.Settings(values, overrides), problems);
    }
  }

  Study(StudySettings settings, List<Arm> arms, Recipe shared, Trials trials) {
    this.settings = settings;
    this.arms = List.copyOf(arms);
    this.shared = shared;
    this.trials = trials;
  }

  /** One run of the trials' stages. */
  record Trial(Arm arm, Arm.Point point, long seed) {
    Path folder(Path study) {
      return study
          .resolve("trials")
          .resolve(arm.name())
          .resolve(point.label())
          .resolve("seed-" + seed);
    }
  }

  /** Everything but stages and arms. */
  public StudySettings settings() {
    return settings;
  }

  List<Arm> arms() {
    return arms;
  }

  /** Names of what is compared. */
  public List<String> armNames() {
    return arms.stream().map(Arm::name).toList();
  }

  /** Stages that run once. */
  public Recipe shared() {
    return shared;
  }

  /** How many trials there are at most: those of searches, and those of the table. */
  public int trialCount() {
    int searched =
        arms.stream().mapToInt(arm -> arm.points().size()).filter(points -> points > 1).sum();
    return searched * settings.search().map(search -> search.seeds().size()).orElse(0)
        + arms.size() * settings.seeds().size();
  }

  /** The recipe of a trial: what is shared, then its own stages. */
  Recipe recipe(Trial trial) {
    Map<String, YamlNode> values = new LinkedHashMap<>(trial.arm().at(trial.point()));
    values.put(
        "run.seed",
        new YamlNode.Scalar(Place.commandLine("study.seeds"), Long.toString(trial.seed()), true));
    return trials.recipe(values, new ConfigProblems());
  }

  /** A recipe of each arm, for checks, with the seed of the shared stages. */
  public List<Recipe> firstOfEachArm() {
    return arms.stream()
        .map(arm -> recipe(new Trial(arm, arm.points().get(0), shared.run().seed())))
        .toList();
  }

  /** Names of the stages of a trial that are its own. */
  List<String> own(Recipe trial) {
    return trial.steps().stream().map(Step::name).skip(shared.steps().size()).toList();
  }

  /** Name of the stage whose size, time and memory are shown. */
  String measured(Recipe trial) {
    return settings.measured().orElseGet(() -> own(trial).get(0));
  }

  /** Name of the arm that others are compared with. */
  String baseline() {
    return settings.baseline().orElseGet(() -> arms.get(0).name());
  }

  /** Where everything of the study lies. */
  public RunFolder folder() {
    return new RunFolder(shared);
  }
}
