package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.plumbline.pipeline.Pipeline;
import org.plumbline.pipeline.Recipe;
import org.plumbline.pipeline.RecipeReader;
import org.plumbline.pipeline.RunOptions;
import org.plumbline.pipeline.RunSettings;
import org.plumbline.pipeline.StageCatalog;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One stage alone: {@code plumbline sft --config FILE --key value …}; flags override the file. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Run this stage alone. Any key of the stage is a flag: --training.batch-size 8.")
final class StageCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final StageCatalog catalog;
  private final String kind;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--config", paramLabel = "FILE", description = "YAML with the stage's keys")
  private @Nullable Path config;

  @Option(
      names = "--run-name",
      paramLabel = "NAME",
      description = "folder of the run (default: the stage's kind)")
  private @Nullable String runName;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "folder of all runs",
      defaultValue = "runs")
  private String output = "runs";

  @Option(names = "--seed", paramLabel = "S", defaultValue = "7")
  private long seed = 7;

  @Option(
      names = "--device",
      paramLabel = "D",
      defaultValue = "auto",
      description = "auto, cpu or cuda:N")
  private String device = "auto";

  @Option(names = "--fresh", description = "start over if unfinished")
  private boolean fresh;

  @Option(names = "--force", description = "go on although keys changed")
  private boolean force;

  @Mixin private ResultOptions results = new ResultOptions();

  StageCommand(Terminal terminal, StageCatalog catalog, String kind) {
    this.terminal = terminal;
    this.catalog = catalog;
    this.kind = kind;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    CommandSpec self = java.util.Objects.requireNonNull(spec);
    List<String> rest = self.commandLine().getUnmatchedArguments();
    Set<String> suites = self.subcommands().keySet();
    if (!suites.isEmpty() && !rest.isEmpty() && !rest.get(0).startsWith("--")) {
      throw new UserException(
          "%s has no %s; needed: --config FILE, or one of %s"
              .formatted(kind, rest.get(0), String.join(", ", suites)));
    }
    List<Map.Entry<String, String>> flags = flags(rest);
    RunSettings run = new RunSettings(runName == null ? kind : runName, seed, output, device);
    Recipe recipe = new RecipeReader(catalog).single(kind, Optional.ofNullable(config), run, flags);
    Pipeline pipeline = new Pipeline(recipe, terminal.stop(), text);
    RunOptions options = new RunOptions(List.of(), fresh, force);
    pipeline.check(options);
    List<Pipeline.StageResult> stages = pipeline.run(options, terminal::workBegins);
    results.print(terminal, new RunSummary(text).print(recipe, pipeline.folder(), stages));
    return 0;
  }

  private static List<Map.Entry<String, String>> flags(List<String> rest) {
    List<Map.Entry<String, String>> flags = new ArrayList<>();
    for (int i = 0; i < rest.size(); i++) {
      String flag = rest.get(i);
      int equals = flag.indexOf('=');
      if (!flag.startsWith("--")) {
        throw new UserException(
            "%s is no flag; keys of the stage are given as --key value".formatted(flag));
      }
      if (equals > 0) {
        flags.add(Map.entry(flag.substring(0, equals), flag.substring(equals + 1)));
      } else if (i + 1 < rest.size()) {
        flags.add(Map.entry(flag, rest.get(++i)));
      } else {
        throw new UserException("%s has no value; needed: --key value".formatted(flag));
      }
    }
    return flags;
  }
}
