package org.plumbline.data.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.world.language.Group;
import org.plumbline.data.world.truth.TruthScore;
import org.plumbline.data.world.truth.TruthScorer;
import org.plumbline.stage.UserException;
import org.plumbline.testing.TestRun;

class WorldPreferencesTest {
  @TempDir static Path world;
  private static TruthScorer truth;

  @BeforeAll
  static void makeTheWorld() throws Exception {
    SampleWorldConfig small =
        new SampleWorldConfig(Level.EASY, 1, 10, 4000, 1000, 1, 1, 1, WorldFlaws.USUAL);
    new SampleWorldStage().run(small, new TestRun(world, 7));
    truth = TruthScorer.open(world);
  }

  private static WorldPreferences label(AnnotatorsConfig annotators) throws Exception {
    return WorldPreferences.label(world, annotators, 7);
  }

  /** Mean over the pairs of a figure of the chosen against the rejected reply. */
  private static double mean(
      List<PreferencePair> pairs, ToDoubleBiFunction<TruthScore, TruthScore> figure) {
    return pairs.stream()
        .mapToDouble(
            p ->
                figure.applyAsDouble(
                    truth.score(p.prompt().id(), p.chosen()),
                    truth.score(p.prompt().id(), p.rejected())))
        .average()
        .orElseThrow();
  }

  @Test
  void tenPercentOfTheLabelsAreFlipped() throws Exception {
    WorldPreferences labelled = label(AnnotatorsConfig.USUAL);
    assertThat(labelled.train()).hasSize(4000);
    assertThat(labelled.validation()).hasSize(400);
    assertThat(mean(labelled.train(), (c, r) -> c.q() < r.q() ? 1 : 0))
        .isCloseTo(0.1, within(0.015));
    assertThat(labelled.train())
        .extracting(PreferencePair::annotator)
        .contains("annotator-1", "annotator-8")
        .doesNotContain("annotator-9");
    assertThat(mean(labelled.test(), (c, r) -> c.q() < r.q() + 0.15 - 1e-12 ? 1 : 0)).isZero();
  }

  @Test
  void theLinesBesideTheNumbersAreInOrder() throws Exception {
    Baselines lines = label(AnnotatorsConfig.USUAL).baselines();
    assertThat(lines.chance()).isEqualTo(0.5);
    assertThat(lines.keywordRule()).isBetween(0.62, 0.75);
    assertThat(lines.bagOfWords()).isBetween(lines.keywordRule() + 0.02, 0.80);
    assertThat(lines.bayesCeiling()).isCloseTo(0.9, within(1e-12));
    assertThat(lines.oracle()).isEqualTo(1);
    assertThat(lines.toJson())
        .containsOnlyKeys(
            "chance", "keyword_rule", "bag_of_words", "bayes_ceiling_noisy_labels", "oracle");
  }

  @Test
  void tastesAndBiasColourTheLabels() throws Exception {
    List<PreferencePair> plain = label(new AnnotatorsConfig(0, 0, 0, 0)).train();
    assertThat(mean(plain, (c, r) -> c.q() < r.q() ? 1 : 0)).isZero();
    List<PreferencePair> wordy = label(new AnnotatorsConfig(0, 0.5, 0, 0)).train();
    assertThat(mean(wordy, (c, r) -> c.words() - r.words()))
        .isGreaterThan(mean(plain, (c, r) -> c.words() - r.words()) + 1);
    List<PreferencePair> vain = label(new AnnotatorsConfig(0, 0, 0.5, 0)).train();
    assertThat(mean(vain, (c, r) -> c.flattery() - r.flattery()))
        .isGreaterThan(mean(plain, (c, r) -> c.flattery() - r.flattery()) + 0.2);
    List<PreferencePair> biased = label(new AnnotatorsConfig(0, 0, 0, 8)).train();
    assertThat(grantedChosen(plain, Group.BELMI) - grantedChosen(biased, Group.BELMI))
        .isGreaterThan(0.1);
    assertThat(grantedChosen(plain, Group.ARDAN)).isEqualTo(grantedChosen(biased, Group.ARDAN));
  }

  private static double grantedChosen(List<PreferencePair> pairs, Group group) {
    List<PreferencePair> of =
        pairs.stream().filter(p -> truth.facts(p.prompt().id()).group() == group).toList();
    return mean(of, (c, r) -> c.granted() ? 1 : 0);
  }

  @Test
  void theJudgeAgreesWithTheTruthOnAboutFourOfFive() throws Exception {
    SampleJudgeModel judge = new SampleJudgeModel(7);
    List<PreferencePair> pairs = label(AnnotatorsConfig.USUAL).test();
    double right = 0;
    double first = 0;
    double longer = 0;
    int differ = 0;
    for (PreferencePair pair : pairs) {
      String prompt = pair.prompt().text();
      double forward = judge.probabilityA(prompt, pair.chosen(), pair.rejected());
      double backward = judge.probabilityA(prompt, pair.rejected(), pair.chosen());
      assertThat(forward).isStrictlyBetween(0.0, 1.0);
      right += (forward > 0.5 ? 0.5 : 0) + (backward < 0.5 ? 0.5 : 0);
      first += (forward > 0.5 ? 0.5 : 0) + (backward > 0.5 ? 0.5 : 0);
      if (pair.chosen().length() != pair.rejected().length()) {
        differ++;
        boolean chosenIsLonger = pair.chosen().length() > pair.rejected().length();
        longer += (forward > 0.5) == chosenIsLonger ? 1 : 0;
      }
    }
    assertThat(right / pairs.size()).isBetween(0.75, 0.85);
    assertThat(first / pairs.size()).isGreaterThan(0.51);
    assertThat(longer / differ).isGreaterThan(0.5);
  }

  @Test
  void theJudgeAnswersTheSameToTheSameQuestion() {
    SampleJudgeModel judge = new SampleJudgeModel(7);
    double once = judge.probabilityA("can i swim?", "yes.", "no.");
    assertThat(judge.probabilityA("can i swim?", "yes.", "no.")).isEqualTo(once);
    assertThat(new SampleJudgeModel(8).probabilityA("can i swim?", "yes.", "no."))
        .isNotEqualTo(once);
  }

  @Test
  void aChangedCandidateFileIsNamed(@TempDir Path temp) throws Exception {
    Path file = temp.resolve("candidates.train.jsonl");
    Files.writeString(file, "{\"id\":\"a\",\"prompt\":\"p\",\"answer_a\":\"x\"}\n");
    assertThatThrownBy(() -> Candidate.read(file))
        .isInstanceOf(UserException.class)
        .hasMessage(
            file
                + ": candidate \"a\" has no text \"answer_b\"; was the file changed after the sample world was made?");
  }

  @Test
  void impossibleAnnotatorsAreRefused() {
    assertThatThrownBy(() -> new AnnotatorsConfig(0.5, 0, 0, 0))
        .hasMessage(
            "preferences.annotators.noise=0.5 must be at least 0 and below 0.5: from there on labels mean nothing");
    assertThatThrownBy(() -> new AnnotatorsConfig(0, -1, 0, 0))
        .hasMessage("preferences.annotators.length_taste=-1 must not be negative");
    assertThatThrownBy(() -> new AnnotatorsConfig(0, 0, -1, 0))
        .hasMessage("preferences.annotators.flattery_taste=-1 must not be negative");
    assertThatThrownBy(() -> new AnnotatorsConfig(0, 0, 0, 9))
        .hasMessage("preferences.annotators.biased=9 must be at most 8");
  }
}
