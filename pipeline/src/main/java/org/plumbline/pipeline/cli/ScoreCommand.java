package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.stage.ConsoleProgress;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline score}. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = {
      "Log-probability of given completions; rewards if the model is a reward model.",
      "Rows {\"prompt\",\"completion\"}, {\"messages\"} or {\"input_ids\",\"completion_start\"};",
      "under an encoder {\"text\",\"text_pair\"?}. \"adapter\": NAME in a row chooses one of several."
    })
final class ScoreCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--input", required = true, paramLabel = "FILE")
  private Path input = Path.of("");

  @Option(names = "--output", required = true, paramLabel = "FILE")
  private Path output = Path.of("");

  @Option(names = "--batch-size", paramLabel = "N", defaultValue = "16")
  private int batchSize = 16;

  @Mixin private ResultOptions results = new ResultOptions();

  ScoreCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    ModelOptions.requireBatch(batchSize);
    List<JsonRow> rows = JsonLines.readAll(input);
    try (AdapterChoice choice = AdapterChoice.open(model, terminal);
        Progress progress = ConsoleProgress.start("rows", rows.size(), text)) {
      boolean causal = choice.loaded().model().config().attention().causal();
      RowScores scores = causal ? new DecoderRows(choice, rows) : new EncoderRows(choice, rows);
      terminal.workBegins();
      List<ObjectNode> scored = scores.score(batchSize, done -> progress.to(done, ""));
      JsonLines.write(
          output,
          sink -> {
            for (ObjectNode result : scored) {
              sink.write(result);
            }
          });
      text.printf("%d rows scored: %s%n", scored.size(), output);
      results.print(terminal, Map.of("rows", scored.size(), "output", output.toString()));
      return 0;
    }
  }
}
