package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.plumbline.pipeline.Pipeline;
import org.plumbline.pipeline.Recipe;
import org.plumbline.pipeline.RunOptions;
import org.plumbline.pipeline.StageCatalog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Run a recipe, or resume it at its first unfinished stage.")
final class RunCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final StageCatalog catalog;

  @Mixin private RecipeOptions recipe = new RecipeOptions();

  @Option(names = "--output", paramLabel = "DIR", description = "folder of all runs")
  private @Nullable String output;

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description = "this stage, and the unfinished ones that it needs")
  private List<String> stages = new ArrayList<>();

  @Option(names = "--fresh", description = "start unfinished stages over")
  private boolean fresh;

  @Option(
      names = "--force",
      description = "go on although the recipe of an unfinished stage changed")
  private boolean force;

  @Mixin private ResultOptions results = new ResultOptions();

  RunCommand(Terminal terminal, StageCatalog catalog) {
    this.terminal = terminal;
    this.catalog = catalog;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    Recipe read = recipe.read(catalog, output);
    Pipeline pipeline = new Pipeline(read, terminal.stop(), text);
    RunOptions options = new RunOptions(stages, fresh, force);
    pipeline.check(options);
    List<Pipeline.StageResult> stages = pipeline.run(options, terminal::workBegins);
    results.print(terminal, new RunSummary(text).print(read, pipeline.folder(), stages));
    return 0;
  }
}
