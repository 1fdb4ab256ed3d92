package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.testing.TestRun;

/** Going on with a model on new texts: replay, held-out sets, and what both leave behind. */
class ContinuedPretrainingTest {
  private static final String TRAINING =
      "max_length: 24, validation_share: 0.2, training: {steps: 30, batch_size: 8,"
          + " learning_rate: 1e-2, evaluate_every: 10, checkpoint_every: 0%s}";

  @TempDir private static Path folder;
  private static Path old;
  private static Path fresh;
  private static Path model;

  @BeforeAll
  static void write() throws IOException {
    old = texts("old.jsonl", "guest %d asks for tea and then for room %d, please");
    fresh = texts("new.jsonl", "the late key %d is early, sure, no thanks to number %d");
    model = folder.resolve("model");
    new TestRun(model)
        .run(
            new PretrainStage(),
            ("{data: '%s', size: {vocab_size: 300, hidden_size: 32, layers: 2, heads: 4},"
                    + " max_length: 24, training: {steps: 60, batch_size: 8, learning_rate: 1e-2}}")
                .formatted(old));
  }

  private static Path texts(String name, String pattern) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add("{\"text\":\"%s\"}".formatted(pattern.formatted(i, i * i % 37)));
    }
    return Files.write(folder.resolve(name), lines, StandardCharsets.UTF_8);
  }

  private static String yaml(String replay, String more) {
    return ("{model: '%s', data: '%s', %s held_out: [{name: old, data: '%s'},"
            + " {name: new, data: '%s', documents: 5}], %s}")
        .formatted(model, fresh, replay, old, fresh, TRAINING.formatted(more));
  }

  private static String replay(double share) {
    return "replay: {data: '%s', share: %s},".formatted(old, share);
  }

  private static double number(Map<String, Object> summary, String key) {
    return ((Number) summary.get(key)).doubleValue();
  }

  @Test
  void replayKeepsWhatWasLearnedBefore() throws IOException {
    Map<String, Object> alone =
        new TestRun(folder.resolve("alone")).run(new PretrainStage(), yaml("", ""));
    Map<String, Object> both =
        new TestRun(folder.resolve("both")).run(new PretrainStage(), yaml(replay(0.4), ""));
    assertThat(number(alone, "new.perplexity_after"))
        .isLessThan(0.5 * number(alone, "new.perplexity_before"));
    assertThat(number(alone, "old.perplexity_after"))
        .isGreaterThan(1.3 * number(alone, "old.perplexity_before"));
    assertThat(number(both, "old.perplexity_after"))
        .isLessThan(0.8 * number(alone, "old.perplexity_after"));
    assertThat(number(both, "replay_share")).isCloseTo(0.4, within(0.02));
    assertThat(alone).doesNotContainKey("replay_share");
    assertThat(number(alone, "eos_trained")).isPositive();
  }

  @Test
  void setsAreMeasuredBeforeTheFirstStepAndAtEachEvaluation() throws IOException {
    Path out = folder.resolve("curve");
    Map<String, Object> summary = new TestRun(out).run(new PretrainStage(), yaml("", ""));
    List<Map<String, Double>> rows = TestRun.rows(out);
    List<Map<String, Double>> measured =
        rows.stream().filter(row -> row.containsKey("eval/old/perplexity")).toList();
    assertThat(measured.stream().map(row -> row.get("step")))
        .containsExactly(0.0, 10.0, 20.0, 30.0);
    assertThat(measured.get(0))
        .containsOnlyKeys("step", "eval/old/perplexity", "eval/new/perplexity");
    assertThat(measured.get(3)).containsKeys("loss", "eval_loss", "eval/new/perplexity");
    assertThat(measured.get(0).get("eval/old/perplexity"))
        .isEqualTo(number(summary, "old.perplexity_before"));
    // The best weights are those of the last evaluation here: the same figure again.
    assertThat(summary).containsEntry("best_step", 30L);
    assertThat(measured.get(3).get("eval/old/perplexity"))
        .isEqualTo(number(summary, "old.perplexity_after"));
    List<JsonNode> kept = new ArrayList<>();
    JsonLines.forEach(out.resolve("held-out.jsonl"), row -> kept.add(row.value()));
    assertThat(kept).hasSize(2 * 5);
    JsonNode first = kept.get(0);
    assertThat(first.path("trained").asBoolean()).isFalse();
    assertThat(first.path("nats")).hasSameSizeAs(first.path("tokens")).hasSize(40);
    assertThat(kept.get(1).path("trained").asBoolean()).isTrue();
    assertThat(kept.get(1).path("nats")).hasSize(5);
    assertThat(Math.exp(sum(first.path("nats")) / sum(first.path("tokens"))))
        .isCloseTo(first.path("perplexity").asDouble(), within(1e-9));
    assertThat(kept.get(9).path("final").asBoolean()).isTrue();
  }

  private static double sum(JsonNode numbers) {
    double sum = 0;
    for (JsonNode number : numbers) {
      sum += number.asDouble();
    }
    return sum;
  }

  @Test
  void aStoppedRunGoesOnWithEqualBytes() throws IOException {
    for (String wholeDocuments : List.of("false", "true")) {
      String yaml = yaml(replay(0.3) + " whole_documents: %s,".formatted(wholeDocuments), "");
      Path whole = folder.resolve("whole-" + wholeDocuments);
      new TestRun(whole).run(new PretrainStage(), yaml);
      Path broken = folder.resolve("broken-" + wholeDocuments);
      for (int stop : new int[] {4, 12}) {
        assertThatThrownBy(
                () -> new TestRun(broken).stoppingAfter(stop).run(new PretrainStage(), yaml))
            .isInstanceOf(StoppedException.class);
      }
      new TestRun(broken).run(new PretrainStage(), yaml);
      for (String file : List.of("metrics.jsonl", "held-out.jsonl", "model.safetensors")) {
        assertThat(broken.resolve(file)).hasBinaryContent(Files.readAllBytes(whole.resolve(file)));
      }
    }
  }

  @Test
  void aRunThatDiesBeforeItsFirstCheckpointBeginsAnew() throws IOException {
    String yaml = yaml("", ", patience: 0");
    Path died = folder.resolve("died");
    assertThatThrownBy(() -> new TestRun(died).dyingAt(11).run(new PretrainStage(), yaml))
        .hasMessage("killed at step 11");
    new TestRun(died).run(new PretrainStage(), yaml);
    Path whole = folder.resolve("undying");
    new TestRun(whole).run(new PretrainStage(), yaml);
    for (String file : List.of("metrics.jsonl", "held-out.jsonl")) {
      assertThat(died.resolve(file)).hasBinaryContent(Files.readAllBytes(whole.resolve(file)));
    }
  }

  @Test
  void severalSourcesHaveTheirShares() throws IOException {
    Path docs = Files.createDirectories(folder.resolve("docs"));
    Files.writeString(docs.resolve("note.md"), "# the key is in the room\n".repeat(40));
    Files.writeString(docs.resolve("Key.java"), "class Key { int room; }\n".repeat(40));
    TestRun run = new TestRun(folder.resolve("several"));
    Map<String, Object> summary =
        run.run(
            new PretrainStage(),
            ("{model: '%s', sources: [{path: '%s', weight: 3}, {path: '%s', weight: 1}],"
                    + " max_length: 16, training: {steps: 2, batch_size: 4}}")
                .formatted(model, docs, old));
    assertThat(run.said().get(0)).matches("stage: .*docs holds [0-9,]+ tokens and gives 75.0 % .*");
    assertThat(run.said().get(1)).matches("stage: .*old.jsonl holds .* gives 25.0 % .*");
    assertThat(number(summary, "rows")).isGreaterThan(40);
  }

  @Test
  void mistakesAreNamed() {
    for (String[] mistake :
        new String[][] {
          {"{}", "pretrain.data is missing; needs data, or sources"},
          {
            "{data: a, sources: [{path: b}]}",
            "pretrain.data=a stands beside sources; give one of the two"
          },
          {
            "{sources: [{path: a, weight: 2}, {path: b}]}",
            "pretrain.sources=2 with a weight on 1 of them; give one to all or to none"
          },
          {"{sources: [{path: a, weight: 0}]}", "sources.weight=0 must be positive"},
          {
            "{data: a, replay: {data: b, share: 1}}", "replay.share=1.0 must be above 0 and below 1"
          },
          {
            "{data: a, held_out: [{name: x, data: b}, {name: x, data: c}]}",
            "pretrain.held_out=[x, x] holds a name twice"
          },
          {"{data: a, held_out: [{name: 'a/b', data: b}]}", "held_out.name=a/b needs letters"},
          {
            "{data: a, packing: false, whole_documents: true}",
            "pretrain.whole_documents=true needs packing: true; without it none shares a row"
          }
        }) {
      assertThatThrownBy(
              () -> new TestRun(folder.resolve("mistakes")).run(new PretrainStage(), mistake[0]))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(mistake[1]);
    }
  }

  @Test
  void aSetWithoutAHeldOutPartIsRefused() {
    assertThatThrownBy(
            () ->
                new TestRun(folder.resolve("nothing"))
                    .run(
                        new PretrainStage(),
                        "{model: '%s', data: '%s', validation_share: 0, held_out: [{name: new, data: '%s'}]}"
                            .formatted(model, fresh, fresh)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "held_out: new=%s holds no text in its held-out part, validation_share=0.0 of it; raise that share"
                .formatted(fresh));
  }
}
