package org.plumbline.sft.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.stage.Json;
import org.plumbline.stage.statistics.Bootstrap;
import org.plumbline.stage.statistics.Interval;
import org.plumbline.testing.Golden;

/** Figures equal those of scikit-learn, seqeval and SQuAD's script; tolerance 1e-9. */
class TaskFiguresTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(7, 50);

  /** Made by src/test/python/make_task_figures.py. */
  private static JsonNode fixture() throws IOException {
    try (InputStream in = TaskFiguresTest.class.getResourceAsStream("task-figures.json")) {
      return Json.mapper().readTree(Objects.requireNonNull(in));
    }
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static List<List<String>> rows(JsonNode list) {
    List<List<String>> rows = new ArrayList<>();
    list.forEach(row -> rows.add(texts(row)));
    return rows;
  }

  private static void close(Double found, JsonNode expected) {
    assertThat(found).isCloseTo(expected.asDouble(), within(1e-9));
  }

  @Test
  @Tag("parity")
  void classesAgreeWithScikitLearn() throws IOException {
    Golden.require("metrics");
    int cases = 0;
    for (Path file : Golden.files("metrics", ".json")) {
      for (JsonNode golden : Json.read(file).path("multiclass")) {
        List<String> labels =
            IntStream.range(0, golden.get("classes").asInt()).mapToObj(Integer::toString).toList();
        Tally tally =
            ClassFigures.of(labels, texts(golden.get("y_true")), texts(golden.get("y_pred")));
        JsonNode expected = golden.get("expected");
        close(tally.values().get("accuracy"), expected.get("accuracy"));
        close(tally.values().get("macro_f1"), expected.get("f1_macro"));
        Map<String, Map<String, Interval>> classes = tally.classIntervals(BOOTSTRAP);
        close(mean(classes, "precision"), expected.get("precision_macro"));
        close(mean(classes, "recall"), expected.get("recall_macro"));
        cases++;
      }
    }
    assertThat(cases).isPositive();
  }

  private static double mean(Map<String, Map<String, Interval>> classes, String figure) {
    return classes.values().stream()
        .mapToDouble(own -> own.get(figure).value())
        .average()
        .orElseThrow();
  }

  @Test
  @Tag("parity")
  void spansAgreeWithSeqeval() throws IOException {
    for (JsonNode golden : fixture().get("spans")) {
      Tally tally = SpanFigures.of(rows(golden.get("gold")), rows(golden.get("predicted")));
      close(tally.values().get("span_precision"), golden.get("precision"));
      close(tally.values().get("span_recall"), golden.get("recall"));
      close(tally.values().get("span_f1"), golden.get("f1"));
      Map<String, Map<String, Interval>> classes = tally.classIntervals(BOOTSTRAP);
      List<String> types = texts(golden.get("types"));
      assertThat(classes.keySet()).containsExactlyElementsOf(types);
      String[] figures = {"precision", "recall", "f1", "support"};
      for (int type = 0; type < types.size(); type++) {
        for (int figure = 0; figure < figures.length; figure++) {
          close(
              classes.get(types.get(type)).get(figures[figure]).value(),
              golden.get("by_type").get(figure).get(type));
        }
      }
    }
  }

  @Test
  @Tag("parity")
  void answersAgreeWithSquad() throws IOException {
    for (JsonNode golden : fixture().get("answers")) {
      List<AnsweredQuestion.Answer> right =
          texts(golden.get("answers")).stream()
              .map(text -> new AnsweredQuestion.Answer(text, 0))
              .toList();
      AnsweredQuestion row = new AnsweredQuestion("id", "q", "c", right);
      Map<String, Double> values =
          AnswerFigures.of(List.of(row), List.of(golden.get("predicted").asText())).values();
      close(values.get("exact_match"), golden.get("exact_match"));
      assertThat(values.get("f1")).isCloseTo(golden.get("f1").asDouble(), within(1e-7)); // float32
    }
  }

  @Test
  void silenceIsRightWhereThereIsNoAnswer() {
    AnsweredQuestion row = new AnsweredQuestion("id", "q", "c", List.of());
    assertThat(AnswerFigures.of(List.of(row), List.of("")).values()).containsEntry("f1", 1.0);
    assertThat(AnswerFigures.of(List.of(row), List.of("c")).values())
        .containsEntry("f1", 0.0)
        .containsEntry("exact_match", 0.0);
  }

  @Test
  void classesThatNeitherOccurNorAreSaidCountNowhere() {
    List<String> labels = List.of("a", "b", "never");
    Tally tally = ClassFigures.of(labels, List.of("a", "a", "b"), List.of("a", "b", "b"));
    assertThat(tally.values())
        .containsEntry("accuracy", 2 / 3.0)
        .containsEntry("macro_f1", 2 / 3.0);
    assertThat(tally.classIntervals(BOOTSTRAP).get("never").get("f1").value()).isNaN();
    assertThat(tally.intervals(BOOTSTRAP).get("accuracy").n()).isEqualTo(3);
  }

  @Test
  void theMostFrequentIsTheFirstOfEquals() {
    assertThat(MostFrequent.of(Optional.of("b").stream())).isEqualTo("b");
    assertThat(MostFrequent.of(List.of("c", "b", "b", "a", "a").stream())).isEqualTo("a");
  }
}
