package org.plumbline.data.preferences;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Dataset;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.PromptSplitter;
import org.plumbline.data.format.PairReader;
import org.plumbline.data.format.PromptReader;
import org.plumbline.data.world.WorldFiles;
import org.plumbline.data.world.WorldPreferences;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;

/** Imports or labels pairs, splits them by prompt, and says what it kept out. */
public final class PreferencesStage implements Stage<PreferencesConfig> {
  @Override
  public String kind() {
    return "preferences";
  }

  @Override
  public Class<PreferencesConfig> configType() {
    return PreferencesConfig.class;
  }

  @Override
  public List<StageInput> inputs(PreferencesConfig config) {
    return List.of(new StageInput("source", config.source()));
  }

  /** Reads a file of pairs to its end, so that a malformed row stops the run before it starts. */
  @Override
  public void validate(PreferencesConfig config, ValidationContext context) {
    context.readAhead(
        config.source(),
        source -> {
          if (!WorldFiles.isWorld(source)) {
            read(config, source);
          }
        });
  }

  @Override
  public Map<String, Object> run(PreferencesConfig config, RunContext context) throws IOException {
    Path source = context.resolve(config.source());
    return WorldFiles.isWorld(source)
        ? label(config, context, source)
        : importFile(config, context, source);
  }

  private static Map<String, Object> label(PreferencesConfig config, RunContext context, Path world)
      throws IOException {
    WorldPreferences labelled = WorldPreferences.label(world, config.annotators(), context.seed());
    Path directory = context.directory();
    DataSplit<PreferencePair> pairs =
        new DataSplit<>(labelled.train(), labelled.validation(), labelled.test());
    DataSplit<Prompt> prompts =
        new DataSplit<>(
            prompts(world, WorldSplit.TRAIN),
            prompts(world, WorldSplit.VALIDATION),
            prompts(world, WorldSplit.TEST));
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("source", "sample world");
    report.put("world", Json.read(world.resolve(WorldFiles.WORLD)));
    report.put("label_noise", config.annotators().noise());
    report.put("lines", labelled.baselines().toJson());
    Map<String, Object> summary = write(directory, pairs, prompts, report);
    summary.putAll(labelled.baselines().toJson());
    context.say(
        "%d pairs labelled, %d clean ones held out; bag of words %.3f there, oracle %.3f"
            .formatted(
                pairs.train().size() + pairs.validation().size(),
                pairs.test().size(),
                labelled.baselines().bagOfWords(),
                labelled.baselines().oracle()));
    return summary;
  }

  private static List<Prompt> prompts(Path world, WorldSplit split) throws IOException {
    return PromptReader.read(world.resolve(WorldFiles.prompts(split))).rows();
  }

  private static Map<String, Object> importFile(
      PreferencesConfig config, RunContext context, Path source) throws IOException {
    Dataset<PreferencePair> read = read(config, source);
    context.say(read.report().summary());
    DataSplit<PreferencePair> pairs =
        new PromptSplitter(context.seed())
            .split(read.rows(), PreferencePair::prompt, config.split());
    if (pairs.train().isEmpty()) {
      throw new UserException(
          "%s: none of its %d pairs falls into the training split; more pairs or smaller split shares are needed"
              .formatted(source, read.rows().size()));
    }
    DataSplit<Prompt> prompts =
        new DataSplit<>(
            distinct(pairs.train()), distinct(pairs.validation()), distinct(pairs.test()));
    Map<String, Object> summary =
        write(context.directory(), pairs, prompts, read.report().toJson());
    summary.put("rows", read.report().rows());
    summary.put("kept_out", read.report().skipped().size());
    return summary;
  }

  private static Dataset<PreferencePair> read(PreferencesConfig config, Path source)
      throws IOException {
    if (Files.isDirectory(source)) {
      throw new UserException(
          "preferences.source=%s: %s is a directory without %s; a .jsonl file of pairs or the directory of a sample-world stage is needed"
              .formatted(config.source(), source, WorldFiles.WORLD));
    }
    Dataset<PreferencePair> read =
        new PairReader(config.format(), config.skipBadRows()).readAll(source);
    if (read.rows().isEmpty()) {
      throw new UserException(
          "%s holds no usable pair (%s); at least one is needed"
              .formatted(source, read.report().summary()));
    }
    return read;
  }

  /** Each prompt once, under the id of its first pair. */
  private static List<Prompt> distinct(List<PreferencePair> pairs) {
    Set<Object> seen = new HashSet<>();
    List<Prompt> prompts = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      if (seen.add(pair.prompt().messages())) {
        prompts.add(pair.prompt());
      }
    }
    return prompts;
  }

  private static Map<String, Object> write(
      Path directory,
      DataSplit<PreferencePair> pairs,
      DataSplit<Prompt> prompts,
      Map<String, Object> report)
      throws IOException {
    DatasetWriter.writePairs(directory.resolve(PreferencesFiles.TRAIN_PAIRS), pairs.train());
    DatasetWriter.writePairs(
        directory.resolve(PreferencesFiles.VALIDATION_PAIRS), pairs.validation());
    DatasetWriter.writePairs(directory.resolve(PreferencesFiles.TEST_PAIRS), pairs.test());
    DatasetWriter.writePrompts(directory.resolve(PreferencesFiles.TRAIN_PROMPTS), prompts.train());
    DatasetWriter.writePrompts(
        directory.resolve(PreferencesFiles.VALIDATION_PROMPTS), prompts.validation());
    DatasetWriter.writePrompts(directory.resolve(PreferencesFiles.TEST_PROMPTS), prompts.test());
    AtomicFiles.DISK.writeString(directory.resolve(PreferencesFiles.IMPORT), Json.pretty(report));
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("pairs_train", pairs.train().size());
    summary.put("pairs_validation", pairs.validation().size());
    summary.put("pairs_test", pairs.test().size());
    summary.put("prompts_train", prompts.train().size());
    summary.put("prompts_validation", prompts.validation().size());
    summary.put("prompts_test", prompts.test().size());
    return summary;
  }
}
