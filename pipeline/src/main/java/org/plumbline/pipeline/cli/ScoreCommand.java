package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.chat.Conversation;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.config.Head;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.tokenizer.Continuation;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.ConsoleProgress;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.Progress;
import org.plumbline.stage.UserException;
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
      "under an encoder {\"text\",\"text_pair\"?}."
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
    try (ModelOptions.Loaded loaded = model.load(terminal);
        Rows encoder = new Rows(loaded);
        Progress progress = ConsoleProgress.start("rows", rows.size(), text)) {
      if (!loaded.model().config().attention().causal()) {
        return encoder(loaded, rows, encoder.tokenizer(), progress, text);
      }
      List<Sequence> sequences = new ArrayList<>();
      for (JsonRow row : rows) {
        sequences.add(encoder.sequence(row));
      }
      terminal.workBegins();
      SequenceScorer scorer =
          new SequenceScorer(loaded.model(), batchSize, done -> progress.to(done, ""));
      List<ObjectNode> scored = new ArrayList<>();
      boolean reward = loaded.model().config().head() == Head.SEQUENCE_CLASSIFICATION;
      if (reward) {
        double[] scores =
            scorer.scores(sequences.stream().map(Sequence::ids).toList(), loaded.active());
        for (int i = 0; i < rows.size(); i++) {
          scored.add(
              rows.get(i)
                  .object()
                  .deepCopy()
                  .put("reward", scores[i])
                  .put("tokens", sequences.get(i).ids().length));
        }
      } else {
        List<float[]> logProbs = scorer.logProbs(sequences, loaded.active(), 1);
        for (int i = 0; i < rows.size(); i++) {
          double sum = 0;
          for (float value : logProbs.get(i)) {
            sum += value;
          }
          scored.add(
              rows.get(i)
                  .object()
                  .deepCopy()
                  .put("logprob", sum)
                  .put("tokens", logProbs.get(i).length));
        }
      }
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

  /** Rows of texts or pairs of texts under an encoder. */
  private int encoder(
      ModelOptions.Loaded loaded,
      List<JsonRow> rows,
      TextTokenizer tokenizer,
      Progress progress,
      PrintStream text)
      throws IOException {
    EncoderRows encoded = new EncoderRows(loaded, tokenizer, rows);
    terminal.workBegins();
    List<ObjectNode> scored = encoded.score(batchSize, done -> progress.to(done, ""));
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

  /** Turns rows into ids; the chat template is opened only if a row needs it. */
  static final class Rows implements AutoCloseable {
    private final ModelOptions.Loaded loaded;
    private final TextTokenizer tokenizer;
    private final int vocabulary;
    private java.util.Optional<ChatEncoder> chat = java.util.Optional.empty();

    Rows(ModelOptions.Loaded loaded) {
      this.loaded = loaded;
      this.tokenizer = TextTokenizer.open(loaded.text());
      this.vocabulary = loaded.model().config().vocabSize();
    }

    Sequence sequence(JsonRow row) {
      Sequence sequence = encoded(row);
      requireKnown(row, sequence.ids());
      return sequence;
    }

    /** Refuses ids that the model has no embedding for. */
    void requireKnown(JsonRow row, int[] ids) {
      for (int id : ids) {
        if (id < 0 || id >= vocabulary) {
          throw row.error(
              "token id %d lies outside the model's vocabulary of %d; are tokenizer.json and the weights of one model?"
                  .formatted(id, vocabulary));
        }
      }
    }

    private Sequence encoded(JsonRow row) {
      try {
        if (row.object().has("input_ids")) {
          return ids(row);
        }
        if (row.object().has("messages")) {
          return messages(row);
        }
        Continuation both = tokenizer.continuation(row.text("prompt"), row.text("completion"));
        return new Sequence(both.ids(), both.completionStart());
      } catch (IllegalArgumentException e) {
        throw new UserException(row.where() + ": " + e.getMessage(), e);
      }
    }

    private static Sequence ids(JsonRow row) {
      JsonNode array = row.object().path("input_ids");
      int[] ids = new int[array.size()];
      for (int i = 0; i < ids.length; i++) {
        if (!array.get(i).canConvertToInt() || !array.get(i).isIntegralNumber()) {
          throw row.error("\"input_ids\" holds %s; integers are needed".formatted(array.get(i)));
        }
        ids[i] = array.get(i).intValue();
      }
      JsonNode start = row.object().path("completion_start");
      if (ids.length == 0 || !start.isInt()) {
        throw row.error(
            "\"input_ids\" needs a list of at least one integer, and \"completion_start\" the index of the completion's first");
      }
      return new Sequence(ids, start.intValue());
    }

    private Sequence messages(JsonRow row) {
      Conversation all = conversationOf(row);
      int last = all.messages().size() - 1;
      ChatMessage turn = all.messages().get(last);
      ChatMessage answer =
          turn.role().equals(ChatMessage.ASSISTANT) ? turn : ChatMessage.assistant(turn.content());
      EncodedDialogue dialogue = chat().dialogue(all.first(last), answer);
      return new Sequence(
          java.util.Arrays.copyOf(dialogue.ids(), dialogue.answerEnd(chat().stopIds())),
          dialogue.promptLength());
    }

    /** The row's messages, and its tools where it has some. */
    static Conversation conversationOf(JsonRow row) {
      List<ChatMessage> messages = new ArrayList<>();
      for (JsonNode message : row.object().path("messages")) {
        boolean content =
            message.path("content").isTextual()
                || message.path("content").isArray()
                || message.has("tool_calls");
        if (!(message instanceof ObjectNode object)
            || !message.path("role").isTextual()
            || !content) {
          throw row.error("each of \"messages\" needs the texts \"role\" and \"content\"");
        }
        messages.add(ChatMessage.of(object));
      }
      if (messages.isEmpty()) {
        throw row.error("\"messages\" is empty or no list; at least one turn is needed");
      }
      return row.object().path("tools").isArray()
          ? Conversation.of(messages, row.object().path("tools"))
          : Conversation.of(messages);
    }

    ChatEncoder chat() {
      if (chat.isEmpty()) {
        chat = java.util.Optional.of(loaded.encoder());
      }
      return chat.get();
    }

    TextTokenizer tokenizer() {
      return tokenizer;
    }

    @Override
    public void close() {
      tokenizer.close();
      chat.ifPresent(ChatEncoder::close);
    }
  }
}
