package org.plumbline.sft.classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Prompt;
import org.plumbline.data.PromptSplitter;
import org.plumbline.data.SplitFractions;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.data.tasks.LabelledText;
import org.plumbline.data.tasks.TaggedWords;
import org.plumbline.data.tasks.TaskReader;
import org.plumbline.data.world.WorldFiles;
import org.plumbline.data.world.WorldTasks;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.stage.UserException;

/**
 * Rows of a task: of a sample world with its own splits, of a folder with {@code train.jsonl} and,
 * where they are there, {@code validation.jsonl} and {@code test.jsonl}, or of one file. Rows of a
 * file with equal texts (of questions: equal contexts) stay together.
 */
final class TaskData {
  private static final String TRAIN = "train.jsonl";

  private TaskData() {}

  static DataSplit<LabelledText> texts(Path source, ClassifyConfig config, long seed)
      throws IOException {
    return read(
        source,
        config,
        seed,
        TaskReader::texts,
        WorldTasks::intents,
        row -> row.text() + "\n" + row.pair().orElse(""));
  }

  static DataSplit<TaggedWords> words(Path source, ClassifyConfig config, long seed)
      throws IOException {
    return read(
        source,
        config,
        seed,
        TaskReader::words,
        WorldTasks::slots,
        row -> String.join(" ", row.words()));
  }

  static DataSplit<AnsweredQuestion> questions(Path source, ClassifyConfig config, long seed)
      throws IOException {
    return read(
        source,
        config,
        seed,
        TaskReader::questions,
        WorldTasks::questions,
        AnsweredQuestion::context);
  }

  private interface FileRows<T> {
    List<T> read(Path file) throws IOException;
  }

  private interface WorldRows<T> {
    List<T> read(Path world, WorldSplit split) throws IOException;
  }

  private static <T> DataSplit<T> read(
      Path source,
      ClassifyConfig config,
      long seed,
      FileRows<T> file,
      WorldRows<T> world,
      Function<T, String> text)
      throws IOException {
    DataSplit<T> data = found(source, config, seed, file, world, text);
    if (data.train().isEmpty()) {
      throw new UserException("data=%s holds no row to learn from".formatted(config.data()));
    }
    if (data.test().isEmpty() && data.validation().isEmpty()) {
      throw new UserException(
          "data=%s leaves no row to measure on; raise test_share, or add rows"
              .formatted(config.data()));
    }
    return data;
  }

  private static <T> DataSplit<T> found(
      Path source,
      ClassifyConfig config,
      long seed,
      FileRows<T> file,
      WorldRows<T> world,
      Function<T, String> text)
      throws IOException {
    if (WorldFiles.isWorld(source)) {
      return new DataSplit<>(
          world.read(source, WorldSplit.TRAIN),
          world.read(source, WorldSplit.VALIDATION),
          world.read(source, WorldSplit.TEST));
    }
    if (Files.isRegularFile(source.resolve(TRAIN))) {
      return new DataSplit<>(
          file.read(source.resolve(TRAIN)),
          optional(source.resolve("validation.jsonl"), file),
          optional(source.resolve("test.jsonl"), file));
    }
    if (Files.isDirectory(source)) {
      throw new UserException(
          "data=%s holds no %s and is no sample world; needed: one of them, or a .jsonl file"
              .formatted(config.data(), TRAIN));
    }
    return new PromptSplitter(seed)
        .split(
            file.read(source),
            row -> Prompt.raw("row", text.apply(row)),
            new SplitFractions(config.validationShare(), config.testShare()));
  }

  private static <T> List<T> optional(Path file, FileRows<T> rows) throws IOException {
    return Files.isRegularFile(file) ? rows.read(file) : List.of();
  }
}
