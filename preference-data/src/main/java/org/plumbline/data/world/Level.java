package org.plumbline.data.world;

import java.util.Locale;

/** How hard a world is. Later levels are added; existing ones never change within a version. */
public enum Level {
  /** For models of 1 to 2 million parameters: replies of at most 32 tokens. */
  EASY(24, 31);

  private final int maxWords;
  private final int maxPieces;

  Level(int maxWords, int maxPieces) {
    this.maxWords = maxWords;
    this.maxPieces = maxPieces;
  }

  /** Most words in a generated reply. */
  public int maxWords() {
    return maxWords;
  }

  /** Most words and punctuation marks in a generated reply; one token is left for the end. */
  public int maxPieces() {
    return maxPieces;
  }

  /** Spelling in recipes and world.json. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
