package org.plumbline.reward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.data.DataSplit;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.PromptSplitter;
import org.plumbline.data.SplitFractions;
import org.plumbline.data.format.PairReader;

/** The pairs of an artifact or a file, split by prompt. */
final class PairData {
  private static final String FILE = "pairs.%s.jsonl";

  private PairData() {}

  /** The pairs to learn from (the config's part of the training split) and the held-out ones. */
  static DataSplit<PreferencePair> read(Path source, RewardConfig config, long seed)
      throws IOException {
    DataSplit<PreferencePair> all = whole(source, config, seed);
    return new DataSplit<>(half(all.train(), config.part(), seed), all.validation(), all.test());
  }

  /** Every pair there is, for folds. */
  static List<PreferencePair> all(Path source, RewardConfig config, long seed) throws IOException {
    DataSplit<PreferencePair> split = whole(source, config, seed);
    List<PreferencePair> all = new ArrayList<>(split.train());
    all.addAll(split.validation());
    all.addAll(split.test());
    return all;
  }

  private static DataSplit<PreferencePair> whole(Path source, RewardConfig config, long seed)
      throws IOException {
    return Files.isDirectory(source)
        ? new DataSplit<>(rows(source, "train"), rows(source, "validation"), rows(source, "test"))
        : new PromptSplitter(seed)
            .split(
                PairReader.read(source).rows(),
                PreferencePair::prompt,
                new SplitFractions(config.validationShare(), config.testShare()));
  }

  private static List<PreferencePair> rows(Path source, String split) throws IOException {
    Path file = source.resolve(FILE.formatted(split));
    if (!split.equals("train") && !Files.isRegularFile(file)) {
      return List.of();
    }
    return PairReader.read(file).rows();
  }

  private static List<PreferencePair> half(List<PreferencePair> rows, PairPart part, long seed) {
    if (part == PairPart.ALL) {
      return rows;
    }
    List<PromptSplitter.Fold<PreferencePair>> halves =
        new PromptSplitter(seed).folds(rows, PreferencePair::prompt, 2);
    return new ArrayList<>(halves.get(part == PairPart.FIRST_HALF ? 0 : 1).heldOut());
  }
}
