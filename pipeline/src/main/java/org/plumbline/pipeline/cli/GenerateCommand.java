package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.generation.Generated;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.ConsoleProgress;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.UserException;
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
  private static final int DEFAULT_TOKENS = 128;

  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--input", required = true, paramLabel = "FILE")
  private Path input = Path.of("");

  @Option(names = "--output", required = true, paramLabel = "FILE")
  private Path output = Path.of("");

  @Option(names = "--max-new-tokens", paramLabel = "N")
  private @Nullable Integer maxNewTokens;

  @Option(names = "--temperature", paramLabel = "T")
  private @Nullable Double temperature;

  @Option(names = "--top-p", paramLabel = "P")
  private @Nullable Double topP;

  @Option(names = "--top-k", paramLabel = "K")
  private @Nullable Integer topK;

  @Option(names = "--min-p", paramLabel = "P")
  private @Nullable Double minP;

  @Option(names = "--repetition-penalty", paramLabel = "R")
  private @Nullable Double repetitionPenalty;

  @Option(names = "--n", paramLabel = "N", defaultValue = "1", description = "replies per prompt")
  private int perPrompt = 1;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "text that ends a reply; may be repeated")
  private List<String> stops = new ArrayList<>();

  @Option(names = "--ignore-eos", description = "go on past the end token")
  private boolean ignoreEos;

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
    List<JsonRow> rows = JsonLines.readAll(input);
    if (perPrompt < 1) {
      throw new UserException("--n %d must be at least 1".formatted(perPrompt));
    }
    try (ModelOptions.Loaded loaded = model.load();
        ScoreCommand.Rows encoder = new ScoreCommand.Rows(loaded);
        Progress progress = ConsoleProgress.start("replies", (long) rows.size() * perPrompt, text);
        Generator generator =
            new Generator(loaded.model(), batchSize, done -> progress.to(done, ""))) {
      List<int[]> prompts = new ArrayList<>();
      Set<Integer> chatStops = new HashSet<>();
      for (JsonRow row : rows) {
        int[] ids = prompt(row, encoder, chatStops);
        for (int i = 0; i < perPrompt; i++) {
          prompts.add(ids);
        }
      }
      SamplingConfig sampling = sampling(loaded, chatStops);
      TextTokenizer tokenizer = encoder.tokenizer();
      terminal.workBegins();
      List<Generated> replies =
          generator.generate(
              prompts,
              loaded.active(),
              sampling,
              row -> RandomStreams.of(seed, "generate", row),
              (row, ids, length) -> endsWithStop(tokenizer, ids, length));
      JsonLines.write(
          output,
          sink -> {
            for (int i = 0; i < replies.size(); i++) {
              sink.write(result(rows.get(i / perPrompt), replies.get(i), tokenizer));
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
      ids = encoder.chat().prompt(ScoreCommand.Rows.messagesOf(row));
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

  private SamplingConfig sampling(ModelOptions.Loaded loaded, Set<Integer> chatStops) {
    GenerationConfig file = GenerationConfig.read(loaded.folder(), loaded.model().config());
    Set<Integer> stopIds = new HashSet<>();
    if (!ignoreEos) {
      stopIds.addAll(file.eos());
      stopIds.addAll(chatStops);
    }
    return new SamplingConfig(
        maxNewTokens != null ? maxNewTokens : file.maxNewTokens().orElse(DEFAULT_TOKENS),
        temperature != null ? temperature : file.samplingTemperature(),
        topK != null ? topK : file.topK().orElse(0),
        topP != null ? topP : file.topP().orElse(1),
        minP != null ? minP : file.minP().orElse(0),
        repetitionPenalty != null ? repetitionPenalty : file.repetitionPenalty().orElse(1),
        stopIds);
  }

  private boolean endsWithStop(TextTokenizer tokenizer, int[] ids, int length) {
    if (stops.isEmpty()) {
      return false;
    }
    String text = tokenizer.decode(java.util.Arrays.copyOf(ids, length), true);
    return stops.stream().anyMatch(text::contains);
  }

  private ObjectNode result(JsonRow row, Generated reply, TextTokenizer tokenizer) {
    String text = tokenizer.decode(reply.ids(), true);
    for (String stop : stops) {
      int at = text.indexOf(stop);
      text = at >= 0 ? text.substring(0, at) : text;
    }
    ObjectNode result = row.object().deepCopy();
    result.put("completion", text);
    ArrayNode ids = result.putArray("token_ids");
    for (int id : reply.ids()) {
      ids.add(id);
    }
    result.put("tokens", reply.ids().length);
    result.put("finish_reason", reply.stopped() ? "stop" : "length");
    return result;
  }
}
