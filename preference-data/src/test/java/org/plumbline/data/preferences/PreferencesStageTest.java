package org.plumbline.data.preferences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.SplitFractions;
import org.plumbline.data.format.DataFormat;
import org.plumbline.data.format.PairReader;
import org.plumbline.data.format.PromptReader;
import org.plumbline.data.world.AnnotatorsConfig;
import org.plumbline.data.world.Level;
import org.plumbline.data.world.SampleWorldConfig;
import org.plumbline.data.world.SampleWorldStage;
import org.plumbline.data.world.WorldFlaws;
import org.plumbline.stage.Json;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.testing.TestRun;

class PreferencesStageTest {
  private static final PreferencesStage STAGE = new PreferencesStage();

  @TempDir Path temp;
  private TestRun run;

  @BeforeEach
  void open() throws IOException {
    run = new TestRun(Files.createDirectory(temp.resolve("out")), 7);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(temp.resolve("pairs.jsonl"), text);
  }

  private static String rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> "{\"prompt\":\"p%d\",\"chosen\":\"good\",\"rejected\":\"bad\"}\n".formatted(i / 2))
        .collect(Collectors.joining());
  }

  private JsonNode importReport() throws IOException {
    return Json.read(run.directory().resolve(PreferencesFiles.IMPORT));
  }

  @Test
  void aFileIsSplitByPromptAndReportedOn() throws IOException {
    Path source = file(rows(400) + "{\"prompt\":\"x\",\"chosen\":\"\",\"rejected\":\"bad\"}\n");
    Map<String, Object> summary = STAGE.run(PreferencesConfig.from(source.toString()), run);
    assertThat(summary).containsEntry("rows", 401).containsEntry("kept_out", 1);
    int train = PairReader.read(run.directory().resolve("pairs.train.jsonl")).rows().size();
    int test = PairReader.read(run.directory().resolve("pairs.test.jsonl")).rows().size();
    assertThat(summary).containsEntry("pairs_train", train).containsEntry("pairs_test", test);
    assertThat(train).isBetween(270, 360);
    assertThat(PromptReader.read(run.directory().resolve("prompts.train.jsonl")).rows())
        .hasSize(train / 2);
    assertThat(importReport().path("skipped_by_reason").path("empty answer").asInt()).isEqualTo(1);
    assertThat(importReport().path("skipped").get(0).path("source").asText())
        .isEqualTo("pairs.jsonl:401");
    assertThat(run.said().get(0))
        .isEqualTo(
            "pairs.jsonl: 401 rows, 400 kept, 1 empty answer; standard preference: prompt, chosen and rejected are texts");
  }

  @Test
  void aSampleWorldIsLabelled() throws IOException {
    Path world = Files.createDirectory(temp.resolve("world"));
    new SampleWorldStage()
        .run(
            new SampleWorldConfig(Level.EASY, 1, 10, 400, 50, 30, 10, 20, WorldFlaws.USUAL),
            new TestRun(world, 7));
    run.artifact("desk", world);
    PreferencesConfig config = PreferencesConfig.from("desk");
    STAGE.validate(config, run);
    Map<String, Object> summary = STAGE.run(config, run);
    assertThat(summary)
        .containsEntry("pairs_train", 400)
        .containsEntry("pairs_validation", 40)
        .containsEntry("pairs_test", 50)
        .containsEntry("prompts_test", 40)
        .containsEntry("oracle", 1.0)
        .containsKey("bag_of_words");
    assertThat(importReport().path("world").path("world_version").asText())
        .isEqualTo(SampleWorldStage.VERSION);
    assertThat(PairReader.read(run.directory().resolve("pairs.train.jsonl")).rows())
        .hasSize(400)
        .allMatch(pair -> pair.annotator().startsWith("annotator-"));
    assertThat(STAGE.inputs(config)).isEqualTo(List.of(new StageInput("source", "desk")));
  }

  @Test
  void aMalformedRowStopsTheRunBeforeItStarts() throws IOException {
    Path source = file(rows(2) + "{\"prompt\":\n");
    PreferencesConfig config = PreferencesConfig.from(source.toString());
    assertThatThrownBy(() -> STAGE.validate(config, run))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("pairs.jsonl line 3: is not valid JSON");
    STAGE.validate(
        new PreferencesConfig(
            source.toString(),
            DataFormat.AUTO,
            true,
            new SplitFractions(0, 0),
            AnnotatorsConfig.USUAL),
        run);
  }

  @Test
  void aMissingOrEmptySourceIsNamed() throws IOException {
    assertThatThrownBy(
            () -> STAGE.validate(PreferencesConfig.from(temp.resolve("no.jsonl").toString()), run))
        .hasMessageEndingWith("no.jsonl does not exist");
    assertThatThrownBy(() -> STAGE.validate(PreferencesConfig.from(temp.toString()), run))
        .hasMessage(
            "preferences.source=%s: %s is a directory without world.json; a .jsonl file of pairs or the directory of a sample-world stage is needed"
                .formatted(temp, temp));
    Path empty = file("\n");
    assertThatThrownBy(() -> STAGE.validate(PreferencesConfig.from(empty.toString()), run))
        .hasMessage(
            empty + " holds no usable pair (pairs.jsonl: 0 rows, 0 kept); at least one is needed");
  }

  @Test
  void aSplitWithoutTrainingPairsIsNamed() throws IOException {
    Path source = file(rows(1));
    PreferencesConfig config =
        new PreferencesConfig(
            source.toString(),
            DataFormat.TRL,
            false,
            new SplitFractions(0.49, 0.5),
            AnnotatorsConfig.USUAL);
    assertThatThrownBy(() -> STAGE.run(config, run))
        .hasMessage(
            source
                + ": none of its 1 pairs falls into the training split; more pairs or smaller split shares are needed");
  }

  @Test
  void theSectionIsRead() {
    PreferencesConfig config =
        ConfigReader.read(
            PreferencesConfig.class,
            LocatedYaml.parse(
                "r.yaml", "source: desk\nformat: hh-rlhf\nannotators: {noise: 0.2, biased: 2}"),
            "preferences");
    assertThat(config.format()).isEqualTo(DataFormat.HH_RLHF);
    assertThat(config.annotators()).isEqualTo(new AnnotatorsConfig(0.2, 0, 0, 2));
    assertThat(config.split()).isEqualTo(new SplitFractions(0.1, 0.1));
    assertThatThrownBy(() -> PreferencesConfig.from(" "))
        .hasMessage("preferences.source=\" \" must not be blank");
  }
}
