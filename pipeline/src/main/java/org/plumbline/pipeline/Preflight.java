package org.plumbline.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.model.ModelFormatException;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.Manifests;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.KeyNames;

/** Everything that can be refused before the first stage starts, all at once. */
final class Preflight {
  private final Recipe recipe;
  private final RunFolder folder;

  Preflight(Recipe recipe, RunFolder folder) {
    this.recipe = recipe;
    this.folder = folder;
  }

  /** Throws one exception with all problems of inputs and stages' own checks. */
  void check() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Step<?> step : recipe.steps()) {
      int before = problems.size();
      ValidationContext context = folder.before(step);
      for (StageInput input : step.inputs()) {
        input(step, input, context).ifPresent(problems::add);
      }
      if (problems.size() == before) {
        own(step, context).ifPresent(problems::add);
      }
    }
    if (problems.isEmpty()) {
      problems.addAll(tokenizers());
    }
    if (!problems.isEmpty()) {
      throw new UserException(String.join("\n", problems));
    }
  }

  /** Templates that do not fit the models of earlier stages, which show once those are known. */
  private List<String> tokenizers() throws IOException {
    List<String> problems = new ArrayList<>();
    try (PlannedModels planned = new PlannedModels(recipe, folder, true)) {
      for (Step<?> step : recipe.steps()) {
        planned.fault(step).ifPresent(problems::add);
      }
    }
    return problems;
  }

  private Optional<String> input(Step<?> step, StageInput input, ValidationContext context) {
    if (context.isEarlierStage(input.value())) {
      return Optional.empty();
    }
    if (Files.exists(Path.of(input.value()))) {
      boolean badRows = ConfigReader.toJson(step.config()).path("skip_bad_rows").asBoolean(false);
      return InputCheck.fault(input.key(), Path.of(input.value()), badRows)
          .map(fault -> "%s.%s: %s".formatted(step.name(), input.key(), fault));
    }
    Set<String> names = recipe.steps().stream().map(Step::name).collect(Collectors.toSet());
    String hint =
        names.contains(input.value())
            ? "that stage stands later in the recipe"
            : KeyNames.nearest(input.value(), names)
                .map(name -> "did you mean the stage " + name + "?")
                .orElse("needed: an earlier stage's name or a path from the working directory");
    return Optional.of(
        "%s: %s.%s=%s names no earlier stage and no file; %s"
            .formatted(recipe.source(), step.name(), input.key(), input.value(), hint));
  }

  private static <C extends Record> Optional<String> own(Step<C> step, ValidationContext context) {
    try {
      step.stage().validate(step.config(), context);
      return Optional.empty();
    } catch (UserException | ModelFormatException e) {
      return Optional.of(step.name() + ": " + e.getMessage());
    }
  }

  /** Refuses unfinished stages that were begun with something else. */
  void refuseChanged(RunOptions options) throws IOException {
    if (options.force() || options.fresh()) {
      return;
    }
    for (Step<?> step : recipe.steps()) {
      Optional<Manifest> started = folder.artifact(step.name()).started();
      if (started.isPresent() && !folder.artifact(step.name()).isFinished()) {
        String now = Plan.configHash(step);
        boolean same =
            started.get().configHash().equals(now) && started.get().seed() == recipe.run().seed();
        Optional<String> change =
            same
                ? fileChange(step, started.get())
                : Optional.of(Plan.configChange(started.get(), step, recipe.run()));
        if (change.isPresent()) {
          throw new UserException(
              "stage %s is unfinished and its recipe changed: %s. --fresh starts it over, --force goes on with the change and marks the run."
                  .formatted(step.name(), change.get()));
        }
      }
    }
  }

  /** The first file or folder of the user's that is not what the stage was begun with. */
  private Optional<String> fileChange(Step<?> step, Manifest started) throws IOException {
    ValidationContext context = folder.before(step);
    for (StageInput input : step.inputs()) {
      Manifest.Input old = started.inputs().get(input.key());
      if (old != null
          && !context.isEarlierStage(input.value())
          && !old.hash().equals(Manifests.contentHash(Path.of(input.value())))) {
        return Optional.of(
            "the content of %s.%s=%s changed".formatted(step.name(), input.key(), input.value()));
      }
    }
    return Optional.empty();
  }
}
