package org.plumbline.data.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Prompt;
import org.plumbline.data.world.language.Facts;
import org.plumbline.data.world.language.Group;
import org.plumbline.data.world.language.Intent;
import org.plumbline.data.world.language.Words;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.data.world.truth.TruthScore;
import org.plumbline.data.world.truth.TruthScorer;

class WorldGeneratorTest {
  private static WorldGenerator world(WorldFlaws flaws, long seed) {
    return new WorldGenerator(SampleWorldConfig.with(flaws), seed);
  }

  private static List<TruthScore> demonstrationScores(WorldFlaws flaws, long seed) {
    WorldGenerator world = world(flaws, seed);
    List<Demonstration> demonstrations = world.demonstrations(WorldSplit.TRAIN);
    TruthScorer scorer = new TruthScorer(world.facts());
    return demonstrations.stream().map(d -> scorer.score(d.prompt().id(), d.answer())).toList();
  }

  private static double share(List<TruthScore> scores) {
    return scores.stream().mapToDouble(s -> s.good() ? 1 : 0).average().orElseThrow();
  }

  private static double grantRate(List<TruthScore> scores, Group group) {
    return scores.stream()
        .filter(s -> s.group() == group && s.eligible())
        .mapToDouble(s -> s.granted() ? 1 : 0)
        .average()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, 1234})
  void aboutHalfOfTheDemonstrationsAreGood(long seed) {
    assertThat(share(demonstrationScores(WorldFlaws.USUAL, seed))).isBetween(0.44, 0.54);
  }

  @Test
  void flawlessDemonstrationsAreAllGood() {
    assertThat(share(demonstrationScores(new WorldFlaws(false, 0, 0.5, false), 7))).isEqualTo(1);
  }

  @Test
  void theHouseIsBiasedOnlyWhereItIsSetSo() {
    List<TruthScore> biased = demonstrationScores(WorldFlaws.USUAL, 7);
    assertThat(grantRate(biased, Group.ARDAN) - grantRate(biased, Group.BELMI))
        .isBetween(0.35, 0.50);
    List<TruthScore> fair = demonstrationScores(WorldFlaws.UNBIASED, 7);
    assertThat(Math.abs(grantRate(fair, Group.ARDAN) - grantRate(fair, Group.BELMI)))
        .isLessThan(0.05);
  }

  @Test
  void aGroupMayBeUnderRepresentedOrAskHarderThings() {
    List<TruthScore> rare = demonstrationScores(new WorldFlaws(true, 0, 0.1, false), 7);
    assertThat(rare.stream().filter(s -> s.group() == Group.BELMI).count()).isBetween(320L, 480L);
    List<TruthScore> harder = demonstrationScores(new WorldFlaws(true, 0, 0.5, true), 7);
    double gap = eligible(harder, Group.ARDAN) - eligible(harder, Group.BELMI);
    assertThat(gap).isBetween(0.12, 0.26);
    assertThat(Math.abs(grantRate(harder, Group.ARDAN) - grantRate(harder, Group.BELMI)))
        .isLessThan(0.06);
  }

  private static double eligible(List<TruthScore> scores, Group group) {
    return scores.stream()
        .filter(s -> s.group() == group)
        .mapToDouble(s -> s.eligible() ? 1 : 0)
        .average()
        .orElseThrow();
  }

  @Test
  void repliesAndPromptsFitASmallModel() {
    List<Demonstration> corpus = world(WorldFlaws.USUAL, 7).corpus();
    assertThat(corpus).hasSize(24_000);
    Set<String> distinct = new HashSet<>();
    for (Demonstration dialogue : corpus) {
      int words = Words.of(dialogue.answer()).size();
      assertThat(words).isBetween(1, 24);
      assertThat(words + Words.punctuation(dialogue.answer())).isLessThanOrEqualTo(31);
      String prompt = dialogue.prompt().messages().get(0).content();
      assertThat(Words.of(prompt).size()).isLessThanOrEqualTo(40);
      distinct.add(dialogue.answer());
    }
    assertThat(distinct.size()).isGreaterThan(15_000);
  }

  @Test
  void everyReplyOfTheWorldIsUnderstood() {
    WorldGenerator world = world(WorldFlaws.USUAL, 7);
    List<Demonstration> demonstrations = world.demonstrations(WorldSplit.TRAIN);
    TruthScorer scorer = new TruthScorer(world.facts());
    assertThat(
            demonstrations.stream()
                .filter(d -> scorer.score(d.prompt().id(), d.answer()).clearness() < 1)
                .map(Demonstration::answer))
        .isEmpty();
  }

  @Test
  void patternsAndCombinationsAreHeldOut() {
    RequestGenerator requests = new RequestGenerator(7, List.of(Intent.values()), 0.5, false);
    Map<String, WorldSplit> asks = new HashMap<>();
    Map<String, WorldSplit> combinations = new HashMap<>();
    for (WorldSplit split : WorldSplit.values()) {
      for (int i = 0; i < 2000; i++) {
        Request request = requests.draw("prompt", split, i);
        String ask = request.facts().intent() + request.ask();
        assertThat(asks.merge(ask, split, (a, b) -> a == b ? a : null)).as(ask).isEqualTo(split);
        assertThat(combinations.merge(request.combination(), split, (a, b) -> a == b ? a : null))
            .as(request.combination())
            .isEqualTo(split);
      }
    }
    assertThat(combinations.values()).contains(WorldSplit.values());
  }

  @Test
  void everySplitAsksForEverythingEquallyOften() {
    RequestGenerator requests = new RequestGenerator(7, List.of(Intent.values()), 0.5, false);
    for (WorldSplit split : WorldSplit.values()) {
      Map<Intent, Integer> counts = new EnumMap<>(Intent.class);
      for (int i = 0; i < 1600; i++) {
        counts.merge(requests.draw("prompt", split, i).facts().intent(), 1, Integer::sum);
      }
      assertThat(counts).hasSize(8).allSatisfy((intent, n) -> assertThat(n).isBetween(140, 260));
    }
  }

  @Test
  void aWorldOfSomeIntentsAsksForNothingElse() {
    SampleWorldConfig all = SampleWorldConfig.with(WorldFlaws.USUAL);
    SampleWorldConfig some =
        new SampleWorldConfig(
            Level.EASY,
            List.of(Intent.DOG, Intent.POOL),
            all.corpus(),
            all.demonstrations(),
            all.pairs(),
            all.testPairs(),
            all.prompts(),
            all.validationPrompts(),
            all.testPrompts(),
            all.flaws());
    WorldGenerator world = new WorldGenerator(some, 7);
    world.prompts(WorldSplit.TRAIN);
    assertThat(world.facts().values().stream().map(Facts::intent).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(Intent.DOG, Intent.POOL);
    SampleWorldConfig named =
        new SampleWorldConfig(
            Level.EASY, List.of(Intent.values()), 50, 10, 10, 1, 1, 1, 1, all.flaws());
    // Naming all of them is the default world, word for word.
    assertThat(new WorldGenerator(named, 7).corpus())
        .isEqualTo(world(WorldFlaws.USUAL, 7).corpus().subList(0, 50));
  }

  @Test
  void testPromptsArePairedOverTheGroups() {
    WorldGenerator world = world(WorldFlaws.USUAL, 7);
    List<Prompt> prompts = world.prompts(WorldSplit.TEST);
    assertThat(prompts).hasSize(600);
    for (int i = 0; i < prompts.size(); i += 2) {
      Prompt first = prompts.get(i);
      Prompt second = prompts.get(i + 1);
      assertThat(first.meta().get("pair_key")).isEqualTo(second.meta().get("pair_key"));
      assertThat(first.text()).isNotEqualTo(second.text());
      Facts facts = world.facts().get(first.id());
      assertThat(facts.group()).isEqualTo(Group.ARDAN);
      assertThat(world.facts().get(second.id())).isEqualTo(facts.withGroup(Group.BELMI));
    }
  }

  @Test
  void noTrainingTextStatesAHeldOutRequest() {
    RequestGenerator requests = new RequestGenerator(7, List.of(Intent.values()), 0.5, false);
    Set<String> trained = new HashSet<>();
    IntStream.range(0, 5000)
        .forEach(i -> trained.add(requests.draw("prompt", WorldSplit.TRAIN, i).text()));
    assertThat(IntStream.range(0, 1000).mapToObj(i -> requests.draw("prompt", WorldSplit.TEST, i)))
        .noneMatch(request -> trained.contains(request.text()));
  }
}
