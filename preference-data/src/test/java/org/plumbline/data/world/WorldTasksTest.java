package org.plumbline.data.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.data.tasks.LabelledText;
import org.plumbline.data.tasks.TagSpan;
import org.plumbline.data.tasks.TaggedWords;
import org.plumbline.data.world.language.Intent;
import org.plumbline.data.world.language.PhraseBook;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.UserException;
import org.plumbline.testing.TestRun;

/** The tasks of a world are read off the words of its requests, and rightly. */
class WorldTasksTest {
  @TempDir private static Path world;

  @BeforeAll
  static void make() throws IOException {
    new TestRun(world)
        .run(
            new SampleWorldStage(),
            "{corpus: 1, demonstrations: 10, pairs: 10, test_pairs: 1, prompts: 2000,"
                + " validation_prompts: 300, test_prompts: 400}");
  }

  @Test
  void intentsAreThoseOfTheTruth() throws IOException {
    Map<String, String> truth = new HashMap<>();
    JsonLines.forEach(
        world.resolve("truth/facts.jsonl"), row -> truth.put(row.text("id"), row.text("intent")));
    for (WorldSplit split : WorldSplit.values()) {
      for (LabelledText row : WorldTasks.intents(world, split)) {
        assertThat(row.label()).as(row.text()).isEqualTo(truth.get(row.id()));
      }
    }
  }

  @Test
  void everyAskBelongsToOneIntent() {
    Map<String, Intent> owners = new HashMap<>();
    for (Intent intent : Intent.values()) {
      for (WorldSplit split : WorldSplit.values()) {
        PhraseBook.frontDesk()
            .asks(intent, split)
            .forEach(
                ask ->
                    ask.expansions()
                        .forEach(line -> assertThat(owners.put(line, intent)).isIn(null, intent)));
      }
    }
  }

  @Test
  void aRequestRenderedForEveryGroupCountsOnceAndGroupsTakeTurns() throws IOException {
    List<LabelledText> rows = WorldTasks.intents(world, WorldSplit.TEST);
    assertThat(rows).hasSize(400);
    assertThat(rows.stream().filter(row -> row.id().endsWith("belmi"))).hasSize(200);
  }

  @Test
  void slotsAreTagged() throws IOException {
    Set<String> types = new HashSet<>();
    for (TaggedWords row : WorldTasks.slots(world, WorldSplit.TRAIN)) {
      assertThat(TagSpan.fault(row.tags())).as(row.id()).isEmpty();
      for (TagSpan span : TagSpan.of(row.tags())) {
        String text = String.join(" ", row.words().subList(span.start(), span.end()));
        String before = span.start() == 0 ? "" : row.words().get(span.start() - 1);
        types.add(span.type());
        switch (span.type()) {
          case "person" -> assertThat(text).matches("mr (hall|lund|bern)");
          case "closing" -> {
            assertThat(text).matches("9|10");
            assertThat(before).isEqualTo("until");
          }
          case "room" -> assertThat(before).isEqualTo("room");
          case "time" -> assertThat(text).matches("[6-9]|1[01]");
          default -> assertThat(text).matches("[a-z]+");
        }
      }
    }
    assertThat(types)
        .containsExactlyInAnyOrder("guest", "land", "time", "closing", "person", "room");
  }

  @Test
  void answersStandInTheRequest() throws IOException {
    Set<String> questions = new HashSet<>();
    for (AnsweredQuestion row : WorldTasks.questions(world, WorldSplit.TRAIN)) {
      AnsweredQuestion.Answer answer = row.answers().get(0);
      assertThat(row.context().substring(answer.start(), answer.end())).isEqualTo(answer.text());
      questions.add(row.question());
    }
    assertThat(questions).hasSize(18);
  }

  @Test
  void keywordRulesAreNoOracle() throws IOException {
    List<LabelledText> texts = WorldTasks.intents(world, WorldSplit.TEST);
    assertThat(share(texts, row -> KeywordRules.intent(row.text()).equals(row.label()) ? 1 : 0))
        .isBetween(0.5, 0.95);
    List<TaggedWords> words = WorldTasks.slots(world, WorldSplit.TEST);
    assertThat(share(words, row -> KeywordRules.tags(row.words()).equals(row.tags()) ? 1 : 0))
        .isBetween(0.5, 0.95);
    assertThat(KeywordRules.tags(List.of("mr", "hall", "of", "ardan", "at", "9")))
        .containsExactly("B-person", "I-person", "O", "B-land", "O", "B-time");
    assertThat(KeywordRules.answer("what time is it?", "hello. it is 7 now. may i eat?"))
        .isEqualTo("it is 7 now.");
  }

  private static <T> double share(List<T> rows, ToDoubleFunction<T> hit) {
    return rows.stream().mapToDouble(hit).average().orElseThrow();
  }

  @Test
  void foreignRequestsAreRefused(@TempDir Path other) throws IOException {
    Files.writeString(
        other.resolve(WorldFiles.prompts(WorldSplit.TEST)),
        Json.line(Map.of("id", "p", "prompt", "buy shares")) + "\n");
    assertThatThrownBy(() -> WorldTasks.intents(other, WorldSplit.TEST))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "prompts.test.jsonl: request p is not in the front desk's language. A world of another version?");
  }
}
