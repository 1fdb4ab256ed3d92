package org.plumbline.sft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Demonstration;
import org.plumbline.data.ImportReport;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.PromptSplitter;
import org.plumbline.data.SkipReason;
import org.plumbline.data.SplitFractions;
import org.plumbline.data.format.DemonstrationReader;
import org.plumbline.data.format.PairReader;
import org.plumbline.stage.UserException;

/** Finds the texts of a stage's artifact or a user's file, split by prompt. */
final class TrainingTexts {
  private static final String CORPUS = "corpus.jsonl";
  private static final String DEMONSTRATIONS = "demonstrations.%s.jsonl";
  private static final String PAIRS = "pairs.%s.jsonl";

  private TrainingTexts() {}

  /**
   * Texts for next-token training: an artifact's corpus, else both answers of its pairs, else its
   * demonstrations; a .jsonl file; a text or code file, whose end is held out; or a folder of
   * documents.
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
    if (Files.isRegularFile(source) && DocumentFiles.isDocument(source)) {
      return headAndTail(source, validationShare);
    }
    boolean documents =
        Files.isDirectory(source)
            && !Files.isRegularFile(source.resolve(DEMONSTRATIONS.formatted("train")));
    return documents
        ? split(DocumentFiles.folder(source), validationShare, seed)
        : demonstrations(source, validationShare, seed);
  }

  /** One document has no other to be held out: its end is, from the start of a line if it can. */
  private static DataSplit<Demonstration> headAndTail(Path file, double validationShare)
      throws IOException {
    String name = String.valueOf(file.getFileName());
    String text = DocumentFiles.text(file);
    int cut = (int) Math.round(text.length() * (1 - validationShare));
    int line = text.indexOf('\n', Math.max(0, cut - 1)) + 1;
    int at = text.offsetByCodePoints(0, text.codePointCount(0, cut));
    at = line == 0 || line == text.length() ? at : line;
    return new DataSplit<>(
        documents(name, text.substring(0, at)),
        documents(name + ", held out", text.substring(at)),
        List.of());
  }

  private static List<Demonstration> documents(String id, String text) {
    return text.isBlank() ? List.of() : List.of(DocumentFiles.document(id, text));
  }

  /** True for what a stage leaves: a world, demonstrations or pairs, part of which is held out. */
  static boolean isArtifact(Path source) {
    return Stream.of(CORPUS, DEMONSTRATIONS.formatted("train"), PAIRS.formatted("train"))
        .anyMatch(file -> Files.isRegularFile(source.resolve(file)));
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

  /** Rows of a user's file that are kept out because their answer holds no text: their places. */
  static List<String> emptyAnswers(Path source) throws IOException {
    if (!Files.isRegularFile(source) || DocumentFiles.isDocument(source)) {
      return List.of();
    }
    return DemonstrationReader.read(source).report().skipped().stream()
        .filter(row -> row.reason() == SkipReason.EMPTY_ANSWER)
        .map(ImportReport.Skipped::source)
        .toList();
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
