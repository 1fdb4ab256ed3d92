package org.plumbline.pipeline.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.pipeline.Pipeline;
import org.plumbline.pipeline.Recipe;
import org.plumbline.pipeline.RecipeMemory;
import org.plumbline.pipeline.RunOptions;
import org.plumbline.pipeline.StageCatalog;
import org.plumbline.pipeline.Step;
import org.plumbline.pipeline.study.Study;
import org.plumbline.pipeline.study.StudyReader;
import org.plumbline.pipeline.study.StudyRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline validate}. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description =
        "Show all errors of a recipe at once, and the memory that its stages will need, without running it.")
final class ValidateCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final StageCatalog catalog;

  @Mixin private RecipeOptions recipe = new RecipeOptions();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "plan for a machine with this much memory, such as 48g; default: this one's")
  private String memory = "";

  @Mixin private ResultOptions results = new ResultOptions();

  ValidateCommand(Terminal terminal, StageCatalog catalog) {
    this.terminal = terminal;
    this.catalog = catalog;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    long machine = memory.isEmpty() ? physical() : MemoryTable.parse(memory);
    if (StudyReader.isStudy(recipe.path())) {
      return study(text);
    }
    Recipe read = recipe.read(catalog, null);
    new Pipeline(read, terminal.stop(), text).check(new RunOptions(List.of(), true, false));
    text.printf(
        "%s: run %s, %d stages, no errors%n",
        recipe.path(), read.run().name(), read.steps().size());
    for (Step<?> step : read.steps()) {
      text.printf("  %-20s %s%n", step.name(), step.stage().kind());
    }
    MemoryTable table = new MemoryTable(new RecipeMemory(read).stages(), machine);
    table.print(text);
    table.warn(terminal.err());
    results.print(
        terminal,
        Map.of(
            "recipe", recipe.path().toString(),
            "run", read.run().name(),
            "stages", read.steps().stream().map(Step::name).toList(),
            "memory", table.json()));
    return 0;
  }

  private int study(PrintStream text) throws IOException {
    Study read = new StudyReader(catalog).read(recipe.path(), recipe.overrides(null));
    new StudyRun(read, terminal.stop(), text).check();
    text.printf(
        "%s: study %s, %d stages, then %d arms in at most %d trials, no errors%n",
        recipe.path(),
        read.shared().run().name(),
        read.shared().steps().size(),
        read.armNames().size(),
        read.trialCount());
    results.print(terminal, Map.of("study", recipe.path().toString(), "arms", read.armNames()));
    return 0;
  }

  /** Bytes of memory that this process may use, containers' limits obeyed. */
  private static long physical() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
