package org.plumbline.sft.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.tasks.TaggedWords;
import org.plumbline.data.world.WorldTasks;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.TestRun;

/** Each task is learned from random weights, on patterns held out, and says what it cannot use. */
class ClassifyStageTest {
  private static final String SIZE =
      "size: {vocab_size: 512, hidden_size: 64, intermediate_size: 128, layers: 2, max_positions: 96}";

  @TempDir private static Path folder;
  private static Path world;
  private static Path decoder;
  private static Path encoder;

  @BeforeAll
  static void write() throws IOException {
    world = TinyWorld.write(folder.resolve("world"), 1000);
    decoder = TinyWorld.decoder(folder.resolve("decoder"), world);
    encoder = TinyWorld.encoder(folder.resolve("encoder"), world);
  }

  private static Map<String, Object> run(String name, Path data, String more) throws IOException {
    return new TestRun(folder.resolve(name))
        .run(new ClassifyStage(), "{data: '%s', %s}".formatted(data, more));
  }

  /** Learns from the world's rows and returns the figure with the keyword rule's. */
  private static double lead(String name, String more, int steps, String figure)
      throws IOException {
    String training =
        ", resamples: 200, training: {steps: %d, batch_size: 16, micro_batch_size: 8, learning_rate: 3e-3}";
    Map<String, Object> summary = run(name, world, more + training.formatted(steps));
    double found = (Double) summary.get(figure);
    double rule = (Double) summary.get("keyword_rule." + figure);
    System.out.printf(
        "%s: %s %.3f [%.3f, %.3f], keyword rule %.3f, majority %.3f%n",
        name,
        figure,
        found,
        summary.get(figure + "_low"),
        summary.get(figure + "_high"),
        rule,
        summary.get("majority." + figure));
    return found - rule;
  }

  @Test
  void aNewEncoderLearnsIntents() throws IOException {
    assertThat(lead("intents", "task: sequence, " + SIZE, 150, "macro_f1")).isGreaterThan(0.04);
    TransformerConfig saved = TransformerConfig.read(folder.resolve("intents"));
    assertThat(saved.head()).isEqualTo(Head.SEQUENCE_CLASSIFICATION);
    assertThat(saved.labels()).hasSize(8).isSorted().contains("danger", "help");
    JsonNode file = Json.read(folder.resolve("intents/classification.json"));
    assertThat(file.path("part").asText()).isEqualTo("test");
    assertThat(file.path("rows").asInt()).isEqualTo(200);
    assertThat(file.path("numbers").path("accuracy").path("n").asInt()).isEqualTo(200);
    int support = 0;
    for (JsonNode own : file.path("classes")) {
      support += own.path("support").asInt();
    }
    assertThat(support).isEqualTo(200);
    assertThat(file.path("lines").path("majority").path("accuracy").path("value").asDouble())
        .isBetween(0.1, 0.25);
  }

  @Test
  void aNewEncoderLearnsSlots() throws IOException {
    assertThat(lead("slots", "task: token, " + SIZE, 200, "span_f1")).isGreaterThan(0.08);
    List<String> labels = TransformerConfig.read(folder.resolve("slots")).labels();
    assertThat(labels).isSorted().contains("B-person", "I-person", "O");
    assertThat(predictions(folder.resolve("slots"), labels))
        .isEqualTo(
            JsonLines.readAll(folder.resolve("slots/predictions.jsonl")).stream()
                .map(row -> row.object().path("predicted").toString())
                .toList());
  }

  /** What the saved folder says of the test rows. */
  private static List<String> predictions(Path made, List<String> labels) throws IOException {
    List<TaggedWords> rows = WorldTasks.slots(world, WorldSplit.TEST);
    TokenTask task = new TokenTask(labels, Map.of());
    try (TransformerModel model = TransformerModel.load(made, LoadOptions.frozen());
        TextTokenizer tokenizer = TextTokenizer.open(made)) {
      List<EncodedRow> encoded = task.encode(new RowEncoder(tokenizer, model.config(), 96), rows);
      ClassifierObjective objective =
          new ClassifierObjective(model, List.of(), task.loss(), (r, scores) -> Map.of(), 16);
      return task.predict(rows, encoded, objective.scores(encoded)).values().stream()
          .map(Json::line)
          .toList();
    }
  }

  @Test
  void aNewEncoderLearnsToAnswer() throws IOException {
    assertThat(lead("answers", "task: question-answering, " + SIZE, 300, "f1")).isGreaterThan(0.2);
    Map<String, Double> last = last("answers");
    assertThat(last).containsKeys("eval_loss", "eval_exact_match", "eval_f1", "accuracy");
    assertThat(JsonLines.readAll(folder.resolve("answers/predictions.jsonl"))).hasSize(200);
  }

  private static Map<String, Double> last(String name) throws IOException {
    List<Map<String, Double>> rows = TestRun.rows(folder.resolve(name));
    return rows.get(rows.size() - 1);
  }

  @Test
  void aDecoderLearnsIntentsAndSlots() throws IOException {
    String model = ", model: '%s'".formatted(decoder);
    assertThat(lead("decoder-intents", "task: sequence" + model, 120, "macro_f1"))
        .isGreaterThan(0.04);
    assertThat(lead("decoder-slots", "task: token" + model, 120, "span_f1")).isGreaterThan(0.08);
  }

  @Test
  void anAdapterLearnsSlotsOnADecoder() throws IOException {
    String lora = ", model: '%s', method: lora, lora: {rank: 8, alpha: 16}".formatted(decoder);
    assertThat(lead("lora-slots", "task: token" + lora, 200, "span_f1")).isGreaterThan(0.04);
    JsonNode config = Json.read(folder.resolve("lora-slots/adapter_config.json"));
    assertThat(config.path("task_type").asText()).isEqualTo("TOKEN_CLS");
    assertThat(config.path("modules_to_save").get(0).asText()).isEqualTo("score");
  }

  private static final String SHORT = ", resamples: 50, training: {steps: %d, batch_size: 4%s}";

  @Test
  @Tag("invariant")
  void partsAndResumeChangeNothing() throws IOException {
    String task = "task: token, " + SIZE + SHORT;
    run("whole", world, task.formatted(4, ""));
    run("parts", world, task.formatted(4, ", micro_batch_size: 1"));
    assertThat(last("parts").get("loss")).isCloseTo(last("whole").get("loss"), within(1e-5));
    Path stopped = folder.resolve("stopped");
    String yaml = "{data: '%s', %s}".formatted(world, task.formatted(4, ""));
    assertThatThrownBy(() -> new TestRun(stopped).stoppingAfter(2).run(new ClassifyStage(), yaml))
        .isInstanceOf(StoppedException.class);
    new TestRun(stopped).run(new ClassifyStage(), yaml);
    assertThat(stopped.resolve("metrics.jsonl"))
        .hasSameTextualContentAs(folder.resolve("whole/metrics.jsonl"));
    assertThat(stopped.resolve("model.safetensors"))
        .hasBinaryContent(Files.readAllBytes(folder.resolve("whole/model.safetensors")));
  }

  @Test
  @Tag("invariant")
  void bfloat16AndDropoutStayNear() throws IOException {
    String task = "task: token, model: '%s', method: lora, lora: {rank: 4, dropout: %s}, dtype: %s";
    run("exact", world, task.formatted(decoder, "0", "float32") + SHORT.formatted(2, ""));
    run("brief", world, task.formatted(decoder, "0", "bfloat16") + SHORT.formatted(2, ""));
    run("dropped", world, task.formatted(decoder, "0.3", "float32") + SHORT.formatted(2, ""));
    double exact = last("exact").get("loss");
    assertThat(last("brief").get("loss")).isCloseTo(exact, within(0.02)).isNotEqualTo(exact);
    assertThat(last("dropped").get("loss")).isCloseTo(exact, within(0.02)).isNotEqualTo(exact);
  }

  private static Path rows(String name, String... rows) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", rows) + "\n");
  }

  private static String text(String text, String label) {
    return "{\"text\":\"%s\",\"label\":\"%s\"}".formatted(text, label);
  }

  @Test
  void filesAreSplitByTextAndFoldersBringTheirSplits() throws IOException {
    String[] lines = new String[60];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = text("room " + i / 2, i % 3 == 0 ? "yes" : "no");
    }
    Path file = rows("rows.jsonl", lines);
    Map<String, Object> summary =
        run("file", file, "task: sequence, test_share: 0.3, " + SIZE + SHORT.formatted(1, ""));
    assertThat(summary)
        .containsEntry("measured_on", "test")
        .doesNotContainKey("keyword_rule.accuracy");
    assertThat(((Number) summary.get("measured_rows")).intValue() % 2).isZero();
    Path split = Files.createDirectories(folder.resolve("split"));
    Files.writeString(split.resolve("train.jsonl"), text("a", "x") + "\n" + text("b", "y") + "\n");
    Files.writeString(split.resolve("validation.jsonl"), text("c", "x") + "\n");
    assertThat(run("folder", split, "task: sequence, " + SIZE + SHORT.formatted(1, "")))
        .containsEntry("measured_on", "validation")
        .containsEntry("measured_rows", 1);
  }

  @Test
  void classWeightsMoveTheLossAndLabelsTheOutputs() throws IOException {
    String start =
        "task: sequence, labels: [b, a], class_weights: {a: 9}, validation_share: 0.5, "
            + SIZE
            + SHORT.formatted(1, "");
    String[] lines = new String[40];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = text("room " + i, i % 4 == 0 ? "a" : "b");
    }
    run("weighted", rows("weighted.jsonl", lines), start);
    assertThat(TransformerConfig.read(folder.resolve("weighted")).labels())
        .containsExactly("b", "a");
    run("even", rows("weighted.jsonl", lines), start.replace("a: 9", "a: 1"));
    assertThat(last("weighted").get("loss")).isNotEqualTo(last("even").get("loss"));
  }

  @Test
  void aClassifierGoesOnWithItsOwnClasses() throws IOException {
    Path file = rows("more.jsonl", text("a", "x"), text("b", "y"), text("c", "x"), text("d", "y"));
    String task = "task: sequence, test_share: 0.5, validation_share: 0, ";
    run("first", file, task + SIZE + SHORT.formatted(1, ""));
    String on = task + "model: '%s'".formatted(folder.resolve("first")) + SHORT.formatted(1, "");
    run("second", file, on);
    assertThat(TransformerConfig.read(folder.resolve("second")).labels()).containsExactly("x", "y");
    assertThatThrownBy(() -> run("third", file, on + ", labels: [y, x]"))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "has the classes [x, y], but labels are [y, x]; leave labels out, or start from a model without a head");
    Path other =
        rows("other.jsonl", text("a", "z"), text("b", "y"), text("c", "x"), text("d", "y"));
    assertThatThrownBy(() -> run("fourth", other, on))
        .hasMessage(
            "row other.jsonl:1 has the label \"z\", which is none of [x, y]. A class missing in labels, or another model's data?");
  }

  private static void refused(String yaml, String message) {
    ClassifyStage stage = new ClassifyStage();
    ClassifyConfig config =
        ConfigReader.read(ClassifyConfig.class, LocatedYaml.parse("test", yaml), "classify");
    try (TestRun run = new TestRun(folder.resolve("refused"))) {
      assertThatThrownBy(() -> stage.validate(config, run))
          .isInstanceOf(UserException.class)
          .hasMessage(message);
    }
  }

  @Test
  void whatCannotBeUsedIsRefusedBeforeTheRun() throws IOException {
    String some = "{data: '%s', task: %s}";
    refused(
        "{data: '%s', task: question_answering, model: '%s'}".formatted(world, decoder),
        "model=%s is a decoder (model_type llama), whose tokens see what is before them only; question_answering needs an encoder such as BERT, or no model for a new one"
            .formatted(decoder));
    Path file = rows("bad.jsonl", text("a", "x"), "{\"text\":3}");
    refused(
        some.formatted(file, "sequence"),
        "%s line 2: key \"text\" must be text, found the number 3".formatted(file));
    Path one = rows("one.jsonl", text("a", "x"));
    refused(
        "{data: '%s', task: sequence, test_share: 0, validation_share: 0}".formatted(one),
        "data=%s leaves no row to measure on; raise test_share, or add rows".formatted(one));
    Path empty = Files.createDirectories(folder.resolve("empty"));
    refused(
        some.formatted(empty, "token"),
        "data=%s holds no train.jsonl and is no sample world; needed: one of them, or a .jsonl file"
            .formatted(empty));
    Path none = Files.createFile(folder.resolve("none.jsonl"));
    refused(some.formatted(none, "token"), "data=%s holds no row to learn from".formatted(none));
    refused(
        "{data: '%s', task: sequence, class_weights: {nobody: 2}}".formatted(world),
        "classify.class_weights.nobody: no such class; there are [breakfast, danger, dog, help, key, parking, pool, privacy]");
    refused(
        "{data: '%s', task: token, labels: [O, person]}".formatted(world),
        "row prompt-train-00000 has the label \"B-guest\", which is none of [O, person]. A class missing in labels, or another model's data?");
    Path tags = Files.createDirectories(folder.resolve("tags"));
    String row = "{\"tokens\":[\"a\"],\"tags\":[\"O\"]}\n";
    Files.writeString(tags.resolve("train.jsonl"), row);
    Files.writeString(tags.resolve("test.jsonl"), row);
    refused(
        "{data: '%s', task: token, labels: [O, person]}".formatted(tags),
        "the label \"person\" is no tag; IOB2 knows O, B-TYPE and I-TYPE only");
    Path same = Files.createDirectories(folder.resolve("same"));
    Files.writeString(same.resolve("train.jsonl"), text("a", "x") + "\n");
    Files.writeString(same.resolve("test.jsonl"), text("b", "x") + "\n");
    refused(
        some.formatted(same, "sequence"),
        "the data knows the label [x] only; two or more are needed");
  }

  @Test
  void aTaggerAlreadyTrainedTakesNoAdapter() throws IOException {
    run("tagger", world, "task: token, " + SIZE + SHORT.formatted(1, ""));
    Path tagger = folder.resolve("tagger");
    refused(
        "{data: '%s', task: token, method: lora, model: '%s'}".formatted(world, tagger),
        "model=%s has a token head already, whose bias has no place in an adapter; use method=full"
            .formatted(tagger));
  }

  @Test
  void cutRowsAreCountedAndNamed() throws IOException {
    TestRun run = new TestRun(folder.resolve("cut"));
    Map<String, Object> summary =
        run.run(
            new ClassifyStage(),
            "{data: '%s', task: token, max_length: 12, %s}"
                .formatted(world, SIZE + SHORT.formatted(1, "")));
    assertThat((Long) summary.get("rows_cut")).isGreaterThan(900);
    assertThat(run.warnings().get(0))
        .matches(
            "stage: \\d+ of 1000 training rows are cut at max_length=12 or the model's 96 positions");
  }
}
