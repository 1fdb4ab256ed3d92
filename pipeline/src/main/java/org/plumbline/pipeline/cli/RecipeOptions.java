package org.plumbline.pipeline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.plumbline.pipeline.Recipe;
import org.plumbline.pipeline.RecipeReader;
import org.plumbline.pipeline.StageCatalog;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The recipe of a command, with what overrides its keys. */
final class RecipeOptions {
  @Parameters(paramLabel = "RECIPE", description = "e.g. configs/quickstart.yaml")
  private Path recipe = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "NAME.key=value",
      description = "overrides a key of a stage")
  private List<String> overrides = new ArrayList<>();

  Path path() {
    return recipe;
  }

  /** The texts of all overrides, and of the folder of all runs where it is given. */
  List<String> overrides(@Nullable String output) {
    List<String> all = new ArrayList<>(overrides);
    if (output != null) {
      all.add("run.output=\"" + output.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }
    return all;
  }

  /**
   * Reads the recipe.
   *
   * @param output folder of all runs, where the command line gives one
   * @throws org.plumbline.stage.UserException with all its mistakes
   */
  Recipe read(StageCatalog catalog, @Nullable String output) {
    return new RecipeReader(catalog).read(recipe, overrides(output));
  }
}
