package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.generation.Generated;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.StopTexts;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.ConsoleProgress;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RandomStreams;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline generate}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Continue prompts: rows {\"prompt\"} or {\"messages\"}.",
      "Flag > generation_config.json > temperature 1; temperature 0 is greedy."
    })
final class GenerateCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--input", required = true, paramLabel = "FILE")
  private Path input = Path.of("");

  @Option(names = "--output", required = true, paramLabel = "FILE")
  private Path output = Path.of("");

  @Mixin private GenerationOptions generation = new GenerationOptions();

  @Option(names = "--n", paramLabel = "N", defaultValue = "1", description = "replies per prompt")
  private int each = 1;

  @Option(
      names = "--logprobs",
      description = "add \"token_logprobs\": of each token at the temperature, before any filter")
  private boolean logProbs;

  @Option(names = "--seed", paramLabel = "S", defaultValue = "7")
  private long seed = 7;

  @Option(names = "--batch-size", paramLabel = "N", defaultValue = "16")
  private int batchSize = 16;

  @Mixin private ResultOptions results = new ResultOptions();

  GenerateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    ModelOptions.requireBatch(batchSize);
    GenerationOptions.Wanted wanted = new GenerationOptions.Wanted(each, logProbs, 128, 1);
    generation.check(wanted);
    List<JsonRow> rows = JsonLines.readAll(input);
    try (ModelOptions.Loaded loaded = model.load(terminal);
        ScoreCommand.Rows encoder = new ScoreCommand.Rows(loaded);
        Progress progress = ConsoleProgress.start("replies", (long) rows.size() * each, text);
        Generator generator =
            new Generator(loaded.model(), batchSize, done -> progress.to(done, ""))) {
      List<int[]> prompts = new ArrayList<>();
      Set<Integer> chatStops = new HashSet<>();
      for (JsonRow row : rows) {
        prompts.add(prompt(row, encoder, chatStops));
      }
      generator.require(prompts);
      GenerationOptions.Settings settings =
          generation.over(
              GenerationConfig.read(loaded.folder(), loaded.model().config()), chatStops, wanted);
      StopTexts stops = new StopTexts(encoder.tokenizer(), settings.stops());
      terminal.workBegins();
      List<Generated> replies = replies(generator, loaded, prompts, settings, stops);
      JsonLines.write(
          output,
          sink -> {
            for (int i = 0; i < replies.size(); i++) {
              sink.write(result(rows.get(i / each), replies.get(i), encoder.tokenizer(), stops));
            }
          });
      text.printf("%d replies: %s%n", replies.size(), output);
      results.print(terminal, Map.of("replies", replies.size(), "output", output.toString()));
      return 0;
    }
  }

  private static int[] prompt(JsonRow row, ScoreCommand.Rows encoder, Set<Integer> chatStops) {
    int[] ids;
    if (row.object().has("messages")) {
      ids = encoder.chat().prompt(ScoreCommand.Rows.conversationOf(row));
      chatStops.addAll(encoder.chat().stopIds());
    } else {
      ids = encoder.tokenizer().encode(row.text("prompt"), true);
    }
    if (ids.length == 0) {
      throw row.error("the prompt has no token and the tokenizer adds none; give it some text");
    }
    encoder.requireKnown(row, ids);
    return ids;
  }

  /** As many replies per prompt as are asked for, prompt by prompt. */
  private List<Generated> replies(
      Generator generator,
      ModelOptions.Loaded loaded,
      List<int[]> prompts,
      GenerationOptions.Settings settings,
      StopTexts stops) {
    if (settings.beams().searches()) {
      return generator.search(
          prompts, loaded.active(), settings.sampling(), settings.beams(), each, stops);
    }
    List<int[]> repeated =
        prompts.stream().flatMap(ids -> Collections.nCopies(each, ids).stream()).toList();
    return generator.generate(
        repeated,
        loaded.active(),
        settings.sampling(),
        row -> RandomStreams.of(seed, "generate", row),
        stops);
  }

  private static ObjectNode result(
      JsonRow row, Generated reply, TextTokenizer tokenizer, StopTexts stops) {
    ObjectNode result = row.object().deepCopy();
    result.put("completion", stops.cut(tokenizer.decode(reply.ids(), true)));
    ArrayNode ids = result.putArray("token_ids");
    for (int id : reply.ids()) {
      ids.add(id);
    }
    result.put("tokens", reply.ids().length);
    result.put("finish_reason", reply.stopped() ? "stop" : "length");
    if (reply.logProbs().length > 0) {
      ArrayNode logProbs = result.putArray("token_logprobs");
      for (float logProb : reply.logProbs()) {
        logProbs.add(logProb);
      }
    }
    return result;
  }
}
