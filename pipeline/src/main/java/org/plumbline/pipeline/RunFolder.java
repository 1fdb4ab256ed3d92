package org.plumbline.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.plumbline.stage.ArtifactDirectory;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;

/** A run's folder: where its stages' artifacts lie, and what a config value leads to. */
public final class RunFolder {
  private final Recipe recipe;
  private final Path path;
  private final Optional<RunFolder> shared;

  /** The folder that a recipe names. */
  public RunFolder(Recipe recipe) {
    this(recipe, Path.of(recipe.run().output()).resolve(recipe.run().name()), Optional.empty());
  }

  private RunFolder(Recipe recipe, Path path, Optional<RunFolder> shared) {
    this.recipe = recipe;
    this.path = path;
    this.shared = shared;
  }

  /**
   * A folder for the other stages of a recipe that shares its first ones with this run.
   *
   * @param recipe holds this run's stages and more
   */
  public RunFolder beside(Path folder, Recipe recipe) {
    return new RunFolder(recipe, folder, Optional.of(this));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  ArtifactDirectory artifact(String stage) {
    return shared
        .filter(run -> run.recipe.step(stage).isPresent())
        .map(run -> run.artifact(stage))
        .orElseGet(() -> new ArtifactDirectory(path.resolve(stage)));
  }

  /** An earlier stage's finished directory, else a path. */
  Path resolve(String value) {
    if (recipe.step(value).isPresent()) {
      return artifact(value)
          .finishedPath()
          .orElseThrow(
              () ->
                  new UserException(
                      "stage %s has not been run yet; run it first, or the whole recipe"
                          .formatted(value)));
    }
    Path plain = Path.of(value);
    if (!Files.exists(plain)) {
      throw new UserException(
          "%s: %s names no stage of the recipe and no file from the working directory %s"
              .formatted(recipe.source(), value, Path.of("").toAbsolutePath()));
    }
    return plain;
  }

  /** What the stage may know before the run; only stages that stand before it count as earlier. */
  ValidationContext before(Step<?> step) {
    return new ValidationContext() {
      @Override
      public boolean isEarlierStage(String value) {
        return kindOf(value).isPresent();
      }

      @Override
      public Optional<String> kindOf(String value) {
        for (Step<?> earlier : recipe.steps()) {
          if (earlier.name().equals(step.name())) {
            return Optional.empty();
          }
          if (earlier.name().equals(value)) {
            return Optional.of(earlier.stage().kind());
          }
        }
        return Optional.empty();
      }

      @Override
      public Path path(String value) {
        return Path.of(value);
      }
    };
  }
}
