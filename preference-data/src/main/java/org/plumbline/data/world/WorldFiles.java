package org.plumbline.data.world;

import java.nio.file.Files;
import java.nio.file.Path;
import org.plumbline.data.world.language.WorldSplit;

/** Names of the files of a sample-world artifact. */
public final class WorldFiles {
  /** Dialogues for pretraining. */
  public static final String CORPUS = "corpus.jsonl";

  /** Version, level, flaws, counts. */
  public static final String WORLD = "world.json";

  private WorldFiles() {}

  /** True for a finished world's directory. */
  public static boolean isWorld(Path directory) {
    return Files.isRegularFile(directory.resolve(WORLD));
  }

  /** {@code prompts.train.jsonl} … */
  public static String prompts(WorldSplit split) {
    return "prompts." + split.label() + ".jsonl";
  }

  /** {@code demonstrations.train.jsonl} … */
  public static String demonstrations(WorldSplit split) {
    return "demonstrations." + split.label() + ".jsonl";
  }

  /** {@code pairs.test.jsonl} … */
  public static String pairs(WorldSplit split) {
    return "pairs." + split.label() + ".jsonl";
  }

  /** {@code candidates.train.jsonl}: pairs without a label. */
  static String candidates(WorldSplit split) {
    return "candidates." + split.label() + ".jsonl";
  }
}
