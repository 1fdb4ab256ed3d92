package org.plumbline.sft.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.data.tasks.LabelledText;
import org.plumbline.data.tasks.TaggedWords;
import org.plumbline.data.world.WorldTasks;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.Head;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.Json;
import org.plumbline.testing.PythonEnv;
import org.plumbline.testing.TestRun;

/** transformers and PEFT score as we do, from what the stage left; tolerance 2e-4 per logit. */
@Tag("contract")
class ClassifyInteropTest {
  @TempDir private static Path folder;

  private static String script() throws IOException {
    try (InputStream in = ClassifyInteropTest.class.getResourceAsStream("scores_of_folder.py")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static final String TRAINING =
      ", resamples: 10, training: {steps: 8, batch_size: 8, learning_rate: 1e-2}";

  /** Rows of the task as the folder's tokenizer makes them. */
  private static List<EncodedRow> rows(Path world, String task, RowEncoder encoder)
      throws IOException {
    List<EncodedRow> rows = new ArrayList<>();
    switch (task) {
      case "sequence" -> {
        for (LabelledText row : WorldTasks.intents(world, WorldSplit.VALIDATION)) {
          rows.add(encoder.text(0, row.id(), row.text(), "please", 0));
        }
      }
      case "token" -> {
        for (TaggedWords row : WorldTasks.slots(world, WorldSplit.VALIDATION)) {
          rows.add(encoder.words(0, row.id(), row.words(), new int[row.words().size()]));
        }
      }
      default -> {
        for (AnsweredQuestion row : WorldTasks.questions(world, WorldSplit.VALIDATION)) {
          rows.addAll(encoder.windows(0, row, 4));
        }
      }
    }
    return rows.subList(0, 5);
  }

  private static void agrees(String task, Path base, String method) throws IOException {
    PythonEnv.assume();
    Path world = folder.resolve("world");
    boolean lora = method.equals("lora");
    Path made = folder.resolve(task + "-" + base.getFileName() + "-" + method);
    new TestRun(made)
        .run(
            new ClassifyStage(),
            "{data: '%s', task: %s, model: '%s', method: %s, lora: {rank: 4}%s}"
                .formatted(world, task, base, method, TRAINING));
    JsonNode found;
    List<float[]> scores;
    List<EncodedRow> rows;
    List<String> labels = texts(Json.read(made.resolve("classification.json")).path("labels"));
    Head head = ClassifyTask.valueOf(task.toUpperCase(Locale.ROOT)).head();
    try (TransformerModel model =
            TransformerModel.loadAs(lora ? base : made, head, labels, LoadOptions.frozen(), 1);
        TextTokenizer tokenizer = TextTokenizer.open(made)) {
      List<Adapter> active = lora ? List.of(model.loadAdapter("a", made)) : List.of();
      rows = rows(world, task, new RowEncoder(tokenizer, model.config(), 48));
      scores =
          new ClassifierObjective(model, active, new SpanLoss(), (r, s) -> Map.of(), 2)
              .scores(rows);
      Path file = Files.writeString(folder.resolve("rows.json"), Json.line(rows));
      List<String> arguments = new ArrayList<>(List.of(task, (lora ? base : made).toString()));
      arguments.add(file.toString());
      if (lora) {
        long outputs = model.scoreHead(active).getShape().get(0);
        arguments.addAll(List.of(made.toString(), Long.toString(outputs)));
      }
      found = Json.mapper().readTree(PythonEnv.run(script(), arguments.toArray(String[]::new)));
      if (!lora && !labels.isEmpty()) {
        assertThat(texts(found.path("labels"))).isEqualTo(labels);
      }
    }
    for (int i = 0; i < rows.size(); i++) {
      float[] own = scores.get(i);
      JsonNode theirs = found.path("scores").get(i);
      assertThat(theirs).hasSize(own.length);
      for (int k = 0; k < own.length; k++) {
        assertThat((double) own[k]).isCloseTo(theirs.get(k).asDouble(), within(2e-4));
      }
      double most =
          IntStream.range(0, own.length).mapToDouble(k -> Math.abs(own[k])).max().orElse(0);
      assertThat(most).isGreaterThan(0.05);
    }
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static Path encoder() throws IOException {
    PythonEnv.assume();
    Path world = TinyWorld.write(folder.resolve("world"), 60);
    return TinyWorld.encoder(folder.resolve("bert"), world);
  }

  private static Path decoder() throws IOException {
    PythonEnv.assume();
    Path world = TinyWorld.write(folder.resolve("world"), 60);
    return TinyWorld.decoder(folder.resolve("llama"), world);
  }

  @Test
  void transformersLoadsEncoders() throws IOException {
    Path bert = encoder();
    agrees("sequence", bert, "full");
    agrees("token", bert, "full");
    agrees("question_answering", bert, "full");
  }

  @Test
  void transformersLoadsDecoders() throws IOException {
    Path llama = decoder();
    agrees("sequence", llama, "full");
    agrees("token", llama, "full");
  }

  @Test
  void peftLoadsAdaptersOfEncoders() throws IOException {
    Path bert = encoder();
    agrees("token", bert, "lora");
    agrees("question_answering", bert, "lora");
    agrees("sequence", bert, "lora");
  }

  @Test
  void peftLoadsAdaptersOfDecoders() throws IOException {
    Path llama = decoder();
    agrees("sequence", llama, "lora");
    agrees("token", llama, "lora");
  }

  @Test
  void transformersFramesPairsAsWeDo() throws IOException {
    Path bert = encoder();
    Path file = Files.writeString(folder.resolve("none.json"), "[]");
    JsonNode found;
    Path made = folder.resolve("pairs");
    new TestRun(made)
        .run(
            new ClassifyStage(),
            "{data: '%s', task: sequence, model: '%s'%s}"
                .formatted(folder.resolve("world"), bert, TRAINING));
    found =
        Json.mapper()
            .readTree(PythonEnv.run(script(), "sequence", made.toString(), file.toString()));
    try (TransformerModel model = TransformerModel.load(made, LoadOptions.frozen());
        TextTokenizer tokenizer = TextTokenizer.open(made)) {
      EncodedRow own =
          new RowEncoder(tokenizer, model.config(), 48)
              .text(0, "id", "the pool is open.", "who asks?", 0);
      assertThat(texts(found.path("pair")))
          .isEqualTo(IntStream.of(own.ids()).mapToObj(Integer::toString).toList());
      assertThat(texts(found.path("types")))
          .isEqualTo(IntStream.of(own.types()).mapToObj(Integer::toString).toList());
    }
  }
}
