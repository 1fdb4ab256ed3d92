package org.plumbline.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Preference;
import org.plumbline.data.PreferencePair;

class DialectsTest {
  @TempDir Path temp;

  private List<Preference> read(String name) throws IOException {
    return Reading.of(Lines.write(temp, "rows.jsonl", DialectRows.all().get(name))).values();
  }

  private Preference only(String name) throws IOException {
    List<Preference> read = read(name);
    assertThat(read).hasSize(1);
    return read.get(0);
  }

  private static List<String> texts(Preference preference) {
    return preference.answers().stream().map(Answer::text).toList();
  }

  @TestFactory
  Stream<DynamicTest> everyDialectIsRecognisedAndSaysWhy() {
    return DialectRows.all().entrySet().stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.getKey(),
                    () -> {
                      Path file = Lines.write(temp, "r.jsonl", row.getValue());
                      Recognition found = Imports.recognise(ImportRequest.of(file));
                      assertThat(found.format().label()).isEqualTo(row.getKey().split("/")[0]);
                      assertThat(found.why()).startsWith("line 1 has ");
                      Reading<Preference> read = Reading.of(file);
                      assertThat(read.values()).isNotEmpty();
                      assertThat(read.report().format()).isEqualTo(found.format().label());
                      assertThat(read.values())
                          .allSatisfy(
                              value ->
                                  assertThat(value.provenance().source()).isEqualTo("r.jsonl:1"));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> nothingIsDroppedAndOurRowsGiveItBack() {
    return DialectRows.all().entrySet().stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.getKey(),
                    () -> {
                      Path file = Lines.write(temp, "r.jsonl", row.getValue());
                      List<Preference> read = Reading.of(file).values();
                      String[] own =
                          read.stream()
                              .map(value -> PreferenceJson.toJson(value).toString())
                              .toArray(String[]::new);
                      Path copy = Lines.write(temp, "copy.jsonl", own);
                      assertThat(Reading.of(copy).values()).isEqualTo(read);
                      String all = String.join("\n", own);
                      JsonNode source = org.plumbline.stage.Json.mapper().readTree(row.getValue());
                      assertThat(leaves(source)).allSatisfy(leaf -> kept(leaf, all));
                    }));
  }

  /** Every text of the source; what became an order, a role or a number has no text of its own. */
  private static List<String> leaves(JsonNode node) {
    if (node.isTextual()) {
      return List.of(node.textValue());
    }
    return node.isContainerNode()
        ? Stream.of(node)
            .flatMap(
                inner ->
                    java.util.stream.StreamSupport.stream(inner.spliterator(), false)
                        .flatMap(child -> leaves(child).stream()))
            .toList()
        : List.of();
  }

  private static void kept(String leaf, String own) {
    boolean judgement =
        List.of("model_1", "model_2", "model_b", "response_1", "response_2", "a", "right")
            .contains(leaf);
    boolean tool =
        List.of("comparison", "answer1,answer2", "pairwise", "rank", "answers", "ranker", "x", "c")
            .contains(leaf);
    if (judgement || tool) {
      return;
    }
    String time = leaf.replace(".000000Z", "Z");
    for (String part : time.split("\n+|<[^>]*>|\\[[^\\]]*\\]|### [A-Za-z ]+:|Human:|Assistant:")) {
      String word = part.replace("Assistant\n", "").replace("User\n", "").strip();
      if (!List.of("User", "Assistant", "2", "").contains(word)) {
        assertThat(own).contains(word);
      }
    }
  }

  @Test
  void summariesKeepWorkerPolicyAndConfidence() throws IOException {
    Preference one = only("openai-comparisons");
    assertThat(one.prompt().text())
        .isEqualTo("SUBREDDIT: r/home\n\nTITLE: Key\n\nPOST: We lost the key.\n\nTL;DR:");
    assertThat(one.judgement()).isEqualTo(Judgement.better(true).by(OptionalDouble.of(8)));
    assertThat(one.answers().get(0).model()).isEqualTo("sup1");
    assertThat(one.provenance().annotator()).isEqualTo(Annotator.person("w7"));
    Preference rated = only("openai-comparisons/axes");
    assertThat(rated.judgement().kind()).isEqualTo(Judgement.Kind.RATED);
    assertThat(rated.answers().get(0).score()).hasValue(6);
  }

  @Test
  void webGptOrdersByScore() throws IOException {
    Preference one = only("webgpt-comparisons");
    assertThat(one.judgement().ranks()).containsExactly(1, 2);
    assertThat(one.pairs().get(0).margin()).hasValue(1.5);
    assertThat(one.answers().get(0).extra()).containsOnlyKeys("quotes", "tokens");
  }

  @Test
  void ultraFeedbackScoresBecomePairsWithMargins() throws IOException {
    Preference one = only("ultrafeedback");
    assertThat(one.judgement().ranks()).containsExactly(1, 3, 1);
    assertThat(one.pairs())
        .extracting(PreferencePair::chosen)
        .containsExactly("Oak.", "Oak.", "Elm.");
    assertThat(one.pairs().get(0).margin()).hasValue(6.5);
    assertThat(one.provenance().annotator().kind()).isEqualTo(Annotator.Kind.JUDGE);
    assertThat(one.extra()).containsKeys("source", "models");
    Preference two = only("ultrafeedback/binarized");
    assertThat(two.pairs().get(0).margin()).hasValue(2.5);
    assertThat(two.prompt().id()).isEqualTo("h1");
  }

  @Test
  void labelsOfShpNameTheBetterOne() throws IOException {
    Preference one = only("shp");
    assertThat(one.judgement().ranks()).containsExactly(2, 1);
    assertThat(one.answers().get(1).score()).hasValue(12);
    assertThat(one.prompt().id()).isEqualTo("p1");
  }

  @Test
  void neighboursOfHelpSteerAreOnePreference() throws IOException {
    String row = DialectRows.all().get("helpsteer");
    Path file =
        Lines.write(
            temp,
            "h.jsonl",
            row,
            row.replace("Knock knock.", "No.").replace("\"helpfulness\":4", "\"helpfulness\":1"),
            row.replace("A joke?", "Alone"));
    Reading<Preference> read = Reading.of(file);
    assertThat(read.values()).hasSize(2);
    assertThat(read.report().kept()).isEqualTo(3);
    Preference pair = read.values().get(0);
    assertThat(pair.prompt().messages())
        .extracting(Message::role)
        .containsExactly("user", "assistant", "user");
    assertThat(pair.pairs().get(0).margin()).hasValue(3);
    assertThat(pair.answers().get(1).extra().get("source").asText()).isEqualTo("h.jsonl:2");
    assertThat(read.values().get(1).judgement().kind()).isEqualTo(Judgement.Kind.RATED);
  }

  @Test
  void helpSteerPreferencesHaveASignAndAStrength() throws IOException {
    assertThat(only("helpsteer/preference").judgement())
        .isEqualTo(Judgement.better(false).by(OptionalDouble.of(2)));
    assertThat(only("helpsteer/3").judgement())
        .isEqualTo(Judgement.better(true).by(OptionalDouble.of(1)));
  }

  @Test
  void saferAndBetterAreTwoThings() throws IOException {
    Preference one = only("pku-saferlhf");
    assertThat(one.judgement().ranks()).containsExactly(2, 1);
    assertThat(one.answers().get(0).model()).isEqualTo("A-7B");
    assertThat(one.extra().get("safer_response_id").asInt()).isZero();
  }

  @Test
  void weightedPreferencesOfAlpacaEvalHaveAMargin() throws IOException {
    Preference one = only("alpaca-eval");
    assertThat(one.judgement().ranks()).containsExactly(2, 1);
    assertThat(one.judgement().margin().orElseThrow())
        .isEqualTo(0.8, org.assertj.core.api.Assertions.within(1e-12));
    String row = DialectRows.all().get("alpaca-eval");
    for (String tie : List.of("0", "1.5")) {
      Path file = Lines.write(temp, "t.jsonl", row.replace("1.9", tie));
      assertThat(Reading.of(file).values().get(0).judgement().isTie()).isTrue();
    }
    Path none = Lines.write(temp, "n.jsonl", row.replace("1.9", "null"));
    assertThat(Reading.of(none).values().get(0).judgement().kind())
        .isEqualTo(Judgement.Kind.ABSTAINED);
    Path bad = Lines.write(temp, "b.jsonl", row, row.replace("1.9", "3"));
    assertThatThrownBy(() -> Reading.of(bad))
        .hasMessageEndingWith(
            "b.jsonl line 2: \"preference\" is 3; needed: 0 or 1.5 (draw), or from 1 (output_1) to 2 (output_2)");
  }

  @Test
  void conversationsAreComparedWhole() throws IOException {
    Preference one = only("mt-bench");
    assertThat(one.prompt().messages()).containsExactly(new Message("user", "Q1"));
    assertThat(one.answers().get(1).turns()).hasSize(3);
    assertThat(one.provenance().annotator()).isEqualTo(Annotator.person("expert_3"));
    assertThat(one.pairs()).isEmpty();
    Path first =
        Lines.write(
            temp, "f.jsonl", DialectRows.all().get("mt-bench").replace("\"turn\":2", "\"turn\":1"));
    Preference judged = Reading.of(first).values().get(0);
    assertThat(texts(judged)).containsExactly("a1", "b1");
    assertThat(judged.answers().get(0).extra()).containsOnlyKeys("later_turns");
  }

  @Test
  void bothGamesOfAJudgeAreKept() throws IOException {
    List<Preference> games = read("mt-bench/games");
    assertThat(games)
        .extracting(DialectsTest::texts)
        .containsExactly(List.of("a1", "b1"), List.of("b1", "a1"));
    assertThat(games).extracting(game -> game.judgement().ranks()).containsOnly(List.of(1, 2));
    assertThat(games.get(1).answers().get(0).model()).isEqualTo("beta");
    assertThat(games.get(0).provenance().annotator())
        .isEqualTo(Annotator.judge("gpt-4", "pair-v2"));
    assertThat(games.get(0).provenance().time())
        .contains(Instant.parse("2023-06-17T11:06:40.500Z"));
    Preference scored = only("mt-bench/score");
    assertThat(scored.prompt().messages()).hasSize(3);
    assertThat(scored.answers().get(0).score()).hasValue(7);
  }

  @Test
  void rewardBenchTwoHasManyWrongAnswers() throws IOException {
    assertThat(only("rewardbench").id()).isEqualTo("5");
    Preference one = only("rewardbench/2");
    assertThat(one.judgement().ranks()).containsExactly(1, 2, 2, 2);
    assertThat(one.pairs())
        .filteredOn(pair -> pair.outcome() == org.plumbline.data.Outcome.CHOSEN)
        .hasSize(3);
  }

  @Test
  void everyResponseInArgillaIsAPreference() throws IOException {
    List<Preference> read = read("argilla");
    assertThat(read).hasSize(3);
    assertThat(read.get(0).judgement().ranks()).containsExactly(1, 2);
    assertThat(read.get(0).provenance().annotator()).isEqualTo(Annotator.person("u1"));
    assertThat(read.get(1).judgement().isTie()).isTrue();
    assertThat(read.get(2).provenance().annotator()).isEqualTo(Annotator.judge("llm", ""));
    assertThat(read.get(2).judgement().ranks()).containsExactly(2, 1);
  }

  @Test
  void everyAnnotationInLabelStudioIsAPreference() throws IOException {
    List<Preference> read = read("label-studio");
    assertThat(read).extracting(Preference::id).containsExactly("3-11", "3-12");
    assertThat(read.get(0).judgement().ranks()).containsExactly(2, 1);
    assertThat(read.get(0).provenance().gold()).isTrue();
    assertThat(read.get(0).provenance().time())
        .isEqualTo(Optional.of(Instant.parse("2026-01-02T03:04:05Z")));
    assertThat(read.get(0).provenance().annotator()).isEqualTo(Annotator.person("ann@site"));
    assertThat(read.get(1).judgement().kind()).isEqualTo(Judgement.Kind.ABSTAINED);
    Preference ranked = only("label-studio/ranker");
    assertThat(ranked.judgement().ranks()).containsExactly(2, 3, 1);
  }

  @Test
  void bucketsWithoutAnOrderAreReported() throws IOException {
    String row =
        DialectRows.all()
            .get("label-studio/ranker")
            .replace("{\"rank\":[\"c\",\"a\",\"b\"]}", "{\"_\":[\"a\"],\"good\":[\"b\",\"c\"]}");
    Reading<Preference> read = Reading.of(Lines.write(temp, "l.jsonl", row));
    assertThat(read.values()).isEmpty();
    assertThat(read.rejects()).hasSize(1);
    assertThat(read.rejects().get(0).detail()).contains("several buckets");
  }

  @Test
  void rankingsKeepTiesTimeAndGuideline() throws IOException {
    Preference one = only("plumbline/ranked");
    assertThat(one.judgement().ranks()).containsExactly(1, 3, 1);
    assertThat(one.provenance().guideline()).isEqualTo("v2");
    assertThat(one.provenance().gold()).isTrue();
    assertThat(one.provenance().annotator()).isEqualTo(Annotator.person("ann"));
    assertThat(one.answers().get(1).extra()).containsOnlyKeys("z");
    assertThat(only("plumbline/unpaired").judgement().kind()).isEqualTo(Judgement.Kind.DESIRABLE);
  }

  @TestFactory
  Stream<DynamicTest> demonstrationsAreRead() {
    return DialectRows.demonstrations().entrySet().stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.getKey(),
                    () -> {
                      Path file = Lines.write(temp, "d.jsonl", row.getValue());
                      var read = Reading.demonstrations(file);
                      assertThat(read.report().format()).isEqualTo(row.getKey().split("/")[0]);
                      assertThat(read.values()).hasSize(row.getKey().endsWith("seed") ? 2 : 1);
                      assertThat(read.values().get(0).answer()).isIn("Hello", "cat", "2");
                      assertThat(read.values().get(0).prompt().meta()).isNotEmpty();
                    }));
  }
}
