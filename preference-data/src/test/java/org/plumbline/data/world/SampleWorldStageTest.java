package org.plumbline.data.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.format.DemonstrationReader;
import org.plumbline.data.format.PairReader;
import org.plumbline.data.format.PromptReader;
import org.plumbline.data.world.truth.TruthScorer;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.TestRun;

class SampleWorldStageTest {
  private static final SampleWorldConfig SMALL =
      new SampleWorldConfig(Level.EASY, 200, 100, 120, 50, 60, 20, 30, WorldFlaws.USUAL);

  @TempDir Path temp;

  private Path make(String name, long seed) throws IOException {
    Path directory = Files.createDirectory(temp.resolve(name));
    new SampleWorldStage().run(SMALL, new TestRun(directory, seed));
    return directory;
  }

  private static Map<String, String> content(Path directory) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(directory.relativize(file).toString(), Files.readString(file));
      }
    }
    return content;
  }

  @Test
  void equalSeedsGiveEqualBytes() throws IOException {
    Map<String, String> first = content(make("a", 7));
    assertThat(first).isEqualTo(content(make("b", 7)));
    Map<String, String> other = content(make("c", 8));
    assertThat(other.keySet()).isEqualTo(first.keySet());
    assertThat(other.get("corpus.jsonl")).isNotEqualTo(first.get("corpus.jsonl"));
    assertThat(first.keySet())
        .containsExactly(
            "candidates.train.jsonl",
            "candidates.validation.jsonl",
            "corpus.jsonl",
            "demonstrations.train.jsonl",
            "demonstrations.validation.jsonl",
            "pairs.test.jsonl",
            "prompts.test.jsonl",
            "prompts.train.jsonl",
            "prompts.validation.jsonl",
            "truth/facts.jsonl",
            "world.json");
  }

  @Test
  void everyFileReadsBackInItsSize() throws IOException {
    Path world = make("w", 7);
    assertThat(WorldFiles.isWorld(world)).isTrue();
    assertThat(WorldFiles.isWorld(temp)).isFalse();
    assertThat(DemonstrationReader.read(world.resolve("corpus.jsonl")).rows()).hasSize(200);
    assertThat(DemonstrationReader.read(world.resolve("demonstrations.train.jsonl")).rows())
        .hasSize(100);
    assertThat(DemonstrationReader.read(world.resolve("demonstrations.validation.jsonl")).rows())
        .hasSize(10);
    assertThat(Candidate.read(world.resolve("candidates.train.jsonl"))).hasSize(120);
    List<PreferencePair> pairs = PairReader.read(world.resolve("pairs.test.jsonl")).rows();
    assertThat(pairs).hasSize(50);
    TruthScorer truth = TruthScorer.open(world);
    assertThat(truth.promptIds()).containsAll(pairs.stream().map(p -> p.prompt().id()).toList());
    for (String split : List.of("train", "validation", "test")) {
      List<Prompt> prompts = PromptReader.read(world.resolve("prompts." + split + ".jsonl")).rows();
      assertThat(prompts).hasSize(split.equals("train") ? 60 : split.equals("test") ? 60 : 20);
      assertThat(truth.promptIds()).containsAll(prompts.stream().map(Prompt::id).toList());
    }
  }

  @Test
  void noFileOutsideTruthTellsTheFacts() throws IOException {
    content(make("w", 7))
        .forEach(
            (name, text) -> {
              if (!name.startsWith("truth")) {
                assertThat(text).as(name).doesNotContain("eligible", "\"intent\"", "\"group\"");
              }
            });
  }

  @Test
  void theSummaryNamesTheWorld() throws IOException {
    TestRun run = new TestRun(Files.createDirectory(temp.resolve("w")), 7);
    Map<String, Object> summary = new SampleWorldStage().run(SMALL, run);
    assertThat(summary)
        .containsEntry("world_version", "front-desk-1")
        .containsEntry("level", "easy")
        .containsEntry("corpus", 200)
        .containsEntry("group_bias", 0.5);
    assertThat(run.said())
        .singleElement()
        .asString()
        .startsWith("Sample world front-desk-1, level easy: 200 dialogues, 100 demonstrations (")
        .endsWith("Guests and groups are invented.");
    assertThat(new SampleWorldStage().inputs(SMALL)).isEmpty();
  }

  @Test
  void anEmptySectionMeansTheDefaults() {
    assertThat(
            ConfigReader.read(
                SampleWorldConfig.class, LocatedYaml.parse("recipe.yaml", "{}"), "sample-world"))
        .isEqualTo(SampleWorldConfig.with(WorldFlaws.USUAL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "corpus: 0 | corpus=0 must be at least 1",
        "demonstrations: 9 | demonstrations=9 must be at least 10",
        "pairs: 9 | pairs=9 must be at least 10",
        "test_pairs: 0 | test_pairs=0 must be at least 1",
        "prompts: 0 | prompts=0 must be at least 1",
        "validation_prompts: 0 | validation_prompts=0 must be at least 1",
        "test_prompts: 0 | test_prompts=0 must be at least 1",
        "level: esay | did you mean easy?",
        "flaws: {group_bias: 2} | flaws.group_bias=2 must lie between 0 and 1",
        "flaws: {second_group_share: -1} | flaws.second_group_share=-1 must lie between 0 and 1"
      })
  void wrongSizesAndFlawsAreRefused(String yaml, String message) {
    assertThatThrownBy(
            () ->
                ConfigReader.read(
                    SampleWorldConfig.class,
                    LocatedYaml.parse("recipe.yaml", yaml),
                    "sample-world"))
        .hasMessageContaining(message);
  }
}
