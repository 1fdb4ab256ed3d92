package org.plumbline.sft.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.plumbline.data.tasks.AnsweredQuestion;

/**
 * Exact match and F1 of answers as SQuAD's evaluation script defines them (versions 1.1 and 2.0):
 * case, punctuation, articles and white space do not count; of several right answers the best fit
 * counts; where there is none, only silence is right. Shares, not percentages.
 */
final class AnswerFigures {
  private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
  private static final Pattern ARTICLES =
      Pattern.compile("\\b(a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);

  private AnswerFigures() {}

  /** One row per question; an empty text is no answer. */
  static Tally of(List<AnsweredQuestion> rows, List<String> predicted) {
    double[][] counts = new double[rows.size()][3];
    for (int row = 0; row < counts.length; row++) {
      List<String> right =
          rows.get(row).answers().isEmpty()
              ? List.of("")
              : rows.get(row).answers().stream().map(AnsweredQuestion.Answer::text).toList();
      String said = predicted.get(row);
      counts[row][0] = right.stream().mapToDouble(text -> exact(text, said)).max().orElse(0);
      counts[row][1] = right.stream().mapToDouble(text -> f1(text, said)).max().orElse(0);
      counts[row][2] = 1;
    }
    Map<String, ToDoubleFunction<double[]>> figures = new LinkedHashMap<>();
    figures.put("exact_match", sum -> sum[0] / sum[2]);
    figures.put("f1", sum -> sum[1] / sum[2]);
    return new Tally(counts, figures, Map.of());
  }

  /** 1 where both texts are the same words. */
  static double exact(String right, String said) {
    return words(right).equals(words(said)) ? 1 : 0;
  }

  /** Harmonic mean of the shares of words in common. */
  static double f1(String right, String said) {
    List<String> there = words(right);
    List<String> claimed = words(said);
    if (there.isEmpty() || claimed.isEmpty()) {
      return there.equals(claimed) ? 1 : 0;
    }
    List<String> rest = new ArrayList<>(there);
    long common = claimed.stream().filter(rest::remove).count();
    return 2.0 * common / (there.size() + claimed.size());
  }

  private static List<String> words(String text) {
    String plain = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    String bare = ARTICLES.matcher(plain).replaceAll(" ");
    return Arrays.stream(bare.split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }
}
