package org.plumbline.sft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Demonstration;
import org.plumbline.data.DemonstrationReader;
import org.plumbline.data.PairReader;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.PromptSplitter;
import org.plumbline.data.SplitFractions;
import org.plumbline.stage.UserException;

/** Finds the texts of a stage's artifact or a user's file, split by prompt. */
final class TrainingTexts {
  private static final String CORPUS = "corpus.jsonl";
  private static final String DEMONSTRATIONS = "demonstrations.%s.jsonl";
  private static final String PAIRS = "pairs.%s.jsonl";

  private TrainingTexts() {}

  /**
   * Texts for next-token training: a corpus, else both answers of each pair, else demonstrations.
   */
  static DataSplit<Demonstration> corpus(Path source, double validationShare, long seed)
      throws IOException {
    if (Files.isRegularFile(source.resolve(CORPUS))) {
      return split(read(source.resolve(CORPUS)), validationShare, seed);
    }
    if (Files.isRegularFile(source.resolve(PAIRS.formatted("train")))) {
      return new DataSplit<>(
          answers(source, "train", true), answers(source, "validation", true), List.of());
    }
    return demonstrations(source, validationShare, seed);
  }

  /**
   * Demonstrations to imitate: an artifact's own, else the chosen answers of its pairs, or a file.
   */
  static DataSplit<Demonstration> demonstrations(Path source, double validationShare, long seed)
      throws IOException {
    if (Files.isRegularFile(source)) {
      return split(read(source), validationShare, seed);
    }
    Path own = source.resolve(DEMONSTRATIONS.formatted("train"));
    if (Files.isRegularFile(own)) {
      return new DataSplit<>(
          read(own), read(source.resolve(DEMONSTRATIONS.formatted("validation"))), List.of());
    }
    if (Files.isRegularFile(source.resolve(PAIRS.formatted("train")))) {
      return new DataSplit<>(
          answers(source, "train", false), answers(source, "validation", false), List.of());
    }
    throw new UserException(
        "%s holds no %s and no %s; needed: a sample-world or preferences artifact, or a .jsonl file"
            .formatted(source, DEMONSTRATIONS.formatted("train"), PAIRS.formatted("train")));
  }

  private static List<Demonstration> read(Path file) throws IOException {
    return DemonstrationReader.read(file).rows();
  }

  private static List<Demonstration> answers(Path source, String split, boolean both)
      throws IOException {
    List<Demonstration> rows = new ArrayList<>();
    for (PreferencePair pair : PairReader.read(source.resolve(PAIRS.formatted(split))).rows()) {
      rows.add(new Demonstration(pair.prompt(), pair.chosen()));
      if (both) {
        rows.add(new Demonstration(pair.prompt(), pair.rejected()));
      }
    }
    return rows;
  }

  private static DataSplit<Demonstration> split(
      List<Demonstration> rows, double validationShare, long seed) {
    return new PromptSplitter(seed)
        .split(
            rows,
            row -> row.isText() ? Prompt.raw(row.prompt().id(), row.answer()) : row.prompt(),
            new SplitFractions(validationShare, 0));
  }
}
