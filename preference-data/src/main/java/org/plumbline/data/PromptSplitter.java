package org.plumbline.data;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.plumbline.stage.RandomStreams;

/**
 * Splits by prompt, never by row: a prompt's place depends on its normalised text and the seed
 * alone, so rows of one prompt stay together and further rows move no earlier one.
 */
public final class PromptSplitter {
  private final long seed;

  /** A splitter; equal seeds give equal splits. */
  public PromptSplitter(long seed) {
    this.seed = seed;
  }

  /** One of k parts, held out. */
  public record Fold<T>(List<T> train, List<T> heldOut) {}

  /** Training, validation and test rows. */
  public <T> DataSplit<T> split(
      List<T> rows, Function<T, Prompt> promptOf, SplitFractions fractions) {
    List<T> train = new ArrayList<>();
    List<T> validation = new ArrayList<>();
    List<T> test = new ArrayList<>();
    for (T row : rows) {
      double place = place("data.split", promptOf.apply(row));
      if (place < fractions.test()) {
        test.add(row);
      } else if (place < fractions.test() + fractions.validation()) {
        validation.add(row);
      } else {
        train.add(row);
      }
    }
    return new DataSplit<>(train, validation, test);
  }

  /**
   * k folds; every row is held out once.
   *
   * @throws IllegalArgumentException when k is below 2
   */
  public <T> List<Fold<T>> folds(List<T> rows, Function<T, Prompt> promptOf, int k) {
    if (k < 2) {
      throw new IllegalArgumentException("folds=" + k + " must be at least 2");
    }
    List<Fold<T>> folds = new ArrayList<>();
    for (int fold = 0; fold < k; fold++) {
      folds.add(new Fold<>(new ArrayList<>(), new ArrayList<>()));
    }
    for (T row : rows) {
      int home = (int) (place("data.folds", promptOf.apply(row)) * k);
      for (int fold = 0; fold < k; fold++) {
        (fold == home ? folds.get(fold).heldOut() : folds.get(fold).train()).add(row);
      }
    }
    return folds.stream()
        .map(f -> new Fold<>(List.copyOf(f.train()), List.copyOf(f.heldOut())))
        .toList();
  }

  /** Roles and words of the prompt in one spelling: NFC, lower case, single spaces. */
  public static String normalised(Prompt prompt) {
    return prompt.messages().stream()
        .map(message -> message.role() + "\u001f" + normalised(message.content()))
        .collect(Collectors.joining("\u001e"));
  }

  private static String normalised(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("\\s+", " ")
        .strip();
  }

  private double place(String purpose, Prompt prompt) {
    long address = RandomStreams.address(seed, purpose + "\u001e" + normalised(prompt));
    return (address >>> 11) * 0x1.0p-53;
  }
}
