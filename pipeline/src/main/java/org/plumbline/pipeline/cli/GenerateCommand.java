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
import org.plumbline.model.architecture.RowAdapters;
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
      "Continue prompts: rows {\"prompt\"} or {\"messages\"}; \"adapter\": NAME chooses one of several.",
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
    try (AdapterChoice choice = AdapterChoice.open(model, terminal);
        Progress progress = ConsoleProgress.start("replies", (long) rows.size() * each, text);
        Generator generator =
            new Generator(choice.loaded().model(), batchSize, done -> progress.to(done, ""))) {
      List<int[]> prompts = new ArrayList<>();
      Set<Integer> chatStops = new HashSet<>();
      for (JsonRow row : rows) {
        prompts.add(prompt(row, choice.encoder(row), chatStops));
      }
      generator.require(prompts);
      GenerationOptions.Settings settings = settings(choice.loaded(), chatStops, wanted);
      List<StopTexts> stops =
          rows.stream()
              .map(row -> new StopTexts(choice.encoder(row).tokenizer(), settings.stops()))
              .toList();
      boolean search = settings.beams().searches();
      RowAdapters adapters = choice.adapters(rows, search ? 1 : each);
      terminal.workBegins();
      List<Generated> replies = replies(generator, adapters, prompts, settings, stops);
      JsonLines.write(
          output,
          sink -> {
            for (int i = 0; i < replies.size(); i++) {
              JsonRow row = rows.get(i / each);
              TextTokenizer tokenizer = choice.encoder(row).tokenizer();
              sink.write(result(row, replies.get(i), tokenizer, stops.get(i / each)));
            }
          });
      text.printf("%d replies: %s%n", replies.size(), output);
      results.print(terminal, Map.of("replies", replies.size(), "output", output.toString()));
      return 0;
    }
  }

  private GenerationOptions.Settings settings(
      ModelOptions.Loaded loaded, Set<Integer> chatStops, GenerationOptions.Wanted wanted) {
    GenerationConfig own = GenerationConfig.read(loaded.folder(), loaded.model().config());
    return generation.over(own, chatStops, wanted);
  }

  private static int[] prompt(JsonRow row, RowEncoder encoder, Set<Integer> chatStops) {
    int[] ids;
    if (row.object().has("messages")) {
      ids = encoder.chat().prompt(RowEncoder.conversationOf(row));
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
      RowAdapters adapters,
      List<int[]> prompts,
      GenerationOptions.Settings settings,
      List<StopTexts> stops) {
    if (settings.beams().searches()) {
      return generator.search(
          prompts,
          adapters,
          settings.sampling(),
          settings.beams(),
          each,
          (row, ids, length) -> stops.get(row).ended(row, ids, length));
    }
    List<int[]> repeated =
        prompts.stream().flatMap(ids -> Collections.nCopies(each, ids).stream()).toList();
    return generator.generate(
        repeated,
        adapters,
        settings.sampling(),
        row -> RandomStreams.of(seed, "generate", row),
        (row, ids, length) -> stops.get(row / each).ended(row, ids, length));
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
