package org.plumbline.pipeline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * Reads the recipe.
   *
   * @param more overrides of the command's own
   * @throws org.plumbline.stage.UserException with all its mistakes
   */
  Recipe read(StageCatalog catalog, List<String> more) {
    List<String> all = new ArrayList<>(overrides);
    all.addAll(more);
    return new RecipeReader(catalog).read(recipe, all);
  }
}
