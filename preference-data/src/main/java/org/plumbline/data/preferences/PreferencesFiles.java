package org.plumbline.data.preferences;

import org.plumbline.data.world.WorldFiles;
import org.plumbline.data.world.language.WorldSplit;

/** Names of the files of a preferences artifact. */
public final class PreferencesFiles {
  /** Pairs to train a reward model on. */
  public static final String TRAIN_PAIRS = WorldFiles.pairs(WorldSplit.TRAIN);

  /** Pairs to choose a checkpoint by. */
  public static final String VALIDATION_PAIRS = WorldFiles.pairs(WorldSplit.VALIDATION);

  /** Pairs to report on. */
  public static final String TEST_PAIRS = WorldFiles.pairs(WorldSplit.TEST);

  /** Prompts to train a policy on. */
  public static final String TRAIN_PROMPTS = WorldFiles.prompts(WorldSplit.TRAIN);

  /** Prompts to choose a policy by. */
  public static final String VALIDATION_PROMPTS = WorldFiles.prompts(WorldSplit.VALIDATION);

  /** Prompts to report on. */
  public static final String TEST_PROMPTS = WorldFiles.prompts(WorldSplit.TEST);

  /** What was kept and what was not. */
  public static final String IMPORT = "import.json";

  private PreferencesFiles() {}
}
