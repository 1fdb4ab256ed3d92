package org.plumbline.data.world;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Demonstration;
import org.plumbline.data.world.language.Intent;
import org.plumbline.data.world.language.PhraseBook;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.data.world.truth.TruthFile;
import org.plumbline.data.world.truth.TruthScorer;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;

/** Writes a sample world: texts to learn from, candidate pairs, prompts, and the truth apart. */
public final class SampleWorldStage implements Stage<SampleWorldConfig> {
  /**
   * Version of the world's language, truth and splits; one that changes any of them is a new one.
   */
  public static final String VERSION = "front-desk-1";

  @Override
  public String kind() {
    return "sample-world";
  }

  @Override
  public Class<SampleWorldConfig> configType() {
    return SampleWorldConfig.class;
  }

  @Override
  public List<StageInput> inputs(SampleWorldConfig config) {
    return List.of();
  }

  @Override
  public Map<String, Object> run(SampleWorldConfig config, RunContext context) throws IOException {
    Path directory = context.directory();
    WorldGenerator world = new WorldGenerator(config, context.seed());
    DatasetWriter.writeDemonstrations(directory.resolve(WorldFiles.CORPUS), world.corpus());
    for (WorldSplit split : List.of(WorldSplit.TRAIN, WorldSplit.VALIDATION)) {
      Candidate.write(directory.resolve(WorldFiles.candidates(split)), world.candidates(split));
    }
    List<Demonstration> demonstrations = world.demonstrations(WorldSplit.TRAIN);
    DatasetWriter.writeDemonstrations(
        directory.resolve(WorldFiles.demonstrations(WorldSplit.TRAIN)), demonstrations);
    DatasetWriter.writeDemonstrations(
        directory.resolve(WorldFiles.demonstrations(WorldSplit.VALIDATION)),
        world.demonstrations(WorldSplit.VALIDATION));
    DatasetWriter.writePairs(
        directory.resolve(WorldFiles.pairs(WorldSplit.TEST)), world.testPairs());
    for (WorldSplit split : WorldSplit.values()) {
      DatasetWriter.writePrompts(
          directory.resolve(WorldFiles.prompts(split)), world.prompts(split));
    }
    TruthFile.write(directory, world.facts());
    Map<String, Object> summary = summary(config, goodShare(world, demonstrations));
    AtomicFiles.DISK.writeString(directory.resolve(WorldFiles.WORLD), Json.pretty(summary));
    context.say(
        "Sample world %s, level %s: %d dialogues, %d demonstrations (%.0f %% good), %d pairs to label. Guests and groups are invented."
            .formatted(
                VERSION,
                config.level().label(),
                config.corpus(),
                config.demonstrations(),
                100 * goodShare(world, demonstrations),
                config.pairs()));
    return summary;
  }

  private static double goodShare(WorldGenerator world, List<Demonstration> demonstrations) {
    TruthScorer scorer = new TruthScorer(world.facts());
    long good =
        demonstrations.stream()
            .filter(d -> scorer.score(d.prompt().id(), d.answer()).good())
            .count();
    return (double) good / demonstrations.size();
  }

  private static Map<String, Object> summary(SampleWorldConfig config, double goodShare) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("world_version", VERSION);
    summary.put("level", config.level().label());
    if (!config.intents().isEmpty()) {
      summary.put(
          "intents",
          config.intents().stream().map(Intent::label).collect(Collectors.joining(", ")));
    }
    summary.put("patterns", PhraseBook.frontDesk().size());
    summary.put("vocabulary", PhraseBook.frontDesk().vocabulary().size());
    summary.put("corpus", config.corpus());
    summary.put("demonstrations", config.demonstrations());
    summary.put("demonstrations_good", goodShare);
    summary.put("candidate_pairs", config.pairs());
    summary.put("test_pairs", config.testPairs());
    summary.put("prompts", config.prompts());
    summary.put("validation_prompts", config.validationPrompts());
    summary.put("test_prompts_per_group", config.testPrompts());
    summary.put("group_bias", config.flaws().groupBias());
    summary.put("second_group_share", config.flaws().secondGroupShare());
    summary.put("harder_second_group", config.flaws().harderSecondGroup());
    return summary;
  }
}
