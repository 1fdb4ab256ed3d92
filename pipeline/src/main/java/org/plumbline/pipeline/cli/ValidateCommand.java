package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.pipeline.Pipeline;
import org.plumbline.pipeline.Recipe;
import org.plumbline.pipeline.RecipeReader;
import org.plumbline.pipeline.RunOptions;
import org.plumbline.pipeline.StageCatalog;
import org.plumbline.pipeline.Step;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plumbline validate}. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = "Show all errors of a recipe at once, without running it.")
final class ValidateCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final StageCatalog catalog;

  @Parameters(paramLabel = "RECIPE")
  private Path recipe = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "NAME.key=value",
      description = "overrides a key of a stage")
  private List<String> overrides = new ArrayList<>();

  @Mixin private ResultOptions results = new ResultOptions();

  ValidateCommand(Terminal terminal, StageCatalog catalog) {
    this.terminal = terminal;
    this.catalog = catalog;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    Recipe read = new RecipeReader(catalog).read(recipe, overrides);
    new Pipeline(read, terminal.stop(), text).check(new RunOptions(List.of(), true, false));
    text.printf(
        "%s: run %s, %d stages, no errors%n", recipe, read.run().name(), read.steps().size());
    for (Step<?> step : read.steps()) {
      text.printf("  %-20s %s%n", step.name(), step.stage().kind());
    }
    results.print(
        terminal,
        Map.of(
            "recipe", recipe.toString(),
            "run", read.run().name(),
            "stages", read.steps().stream().map(Step::name).toList()));
    return 0;
  }
}
