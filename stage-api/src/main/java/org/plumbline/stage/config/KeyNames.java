package org.plumbline.stage.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Keys in their three spellings, and the nearest key to a mistyped one. */
public final class KeyNames {
  private KeyNames() {}

  /** YAML key of a record component: {@code batchSize} is {@code batch_size}. */
  public static String snake(String camelCase) {
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < camelCase.length(); i++) {
      char c = camelCase.charAt(i);
      if (Character.isUpperCase(c) && i > 0) {
        key.append('_');
      }
      key.append(Character.toLowerCase(c));
    }
    return key.toString();
  }

  /** Record component of a YAML key. */
  public static String camel(String snakeCase) {
    StringBuilder name = new StringBuilder();
    boolean upper = false;
    for (int i = 0; i < snakeCase.length(); i++) {
      char c = snakeCase.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        name.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return name.toString();
  }

  /** YAML key of a command-line flag: {@code --batch-size} is {@code batch_size}. */
  public static String ofFlag(String flag) {
    return flag.replaceFirst("^--?", "").replace('-', '_');
  }

  /** The candidate closest to a mistyped word, if one is close enough to be meant. */
  public static Optional<String> nearest(String word, Collection<String> candidates) {
    String typed = word.toLowerCase(Locale.ROOT);
    int allowed = Math.max(1, typed.length() / 3);
    return candidates.stream()
        .min(
            Comparator.comparingInt((String c) -> distance(typed, c))
                .thenComparing(Comparator.naturalOrder()))
        .filter(c -> distance(typed, c) <= allowed);
  }

  /** Edits from one word to the other: insertion, deletion, substitution, swap of neighbours. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
