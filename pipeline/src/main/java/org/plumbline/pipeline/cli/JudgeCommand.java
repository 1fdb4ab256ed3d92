package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.feedback.JudgeConfig;
import org.plumbline.feedback.JudgeFile;
import org.plumbline.feedback.SampleJudge;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.ConfigProblems;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.stage.config.Overrides;
import org.plumbline.stage.config.YamlNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline judge}. */
@Command(
    name = "judge",
    mixinStandardHelpOptions = true,
    description =
        "Ask a judge about pairs {\"id\",\"prompt\",\"answer_a\",\"answer_b\"} of a file.")
final class JudgeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "YAML with the keys of judge:")
  private Path config = Path.of("");

  @Option(names = "--input", required = true, paramLabel = "FILE")
  private Path input = Path.of("");

  @Option(names = "--output", required = true, paramLabel = "FILE")
  private Path output = Path.of("");

  @Option(names = "--replay", description = "answer from the cache only, call nobody")
  private boolean replay;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "7",
      description = "of the sample world's judge")
  private long seed = 7;

  @Mixin private ResultOptions results = new ResultOptions();

  JudgeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    YamlNode root = LocatedYaml.read(config);
    if (!(root instanceof YamlNode.Mapping mapping)) {
      throw new UserException(
          "%s is %s; the keys of judge: are needed".formatted(config, root.found()));
    }
    YamlNode.Mapping section =
        mapping.get("judge").orElse(mapping) instanceof YamlNode.Mapping inner ? inner : mapping;
    ConfigProblems problems = new ConfigProblems();
    if (replay) {
      section = Overrides.flag(section, "judge", "--replay", "true", problems);
    }
    problems.throwIfAny();
    JudgeConfig judge = ConfigReader.read(JudgeConfig.class, section, "judge");
    JudgeFile file =
        new JudgeFile(
            judge,
            SampleJudge.of(seed),
            terminal.stop()::isRequested,
            done -> terminal.workBegins());
    Map<String, Object> summary = file.judge(input, output);
    summary.forEach((name, value) -> text.printf("%-24s %s%n", name, value));
    text.println("Verdicts: " + output);
    Map<String, Object> result = new LinkedHashMap<>(summary);
    result.put("output", output.toString());
    results.print(terminal, result);
    return 0;
  }
}
