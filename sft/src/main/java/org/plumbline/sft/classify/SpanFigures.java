package org.plumbline.sft.classify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.plumbline.data.tasks.TagSpan;

/**
 * Precision, recall and F1 of whole spans, all types together (micro), as conlleval and seqeval
 * define them: a span counts if type, first and last word are right. Beside them the share of words
 * with the right tag.
 */
final class SpanFigures {
  private SpanFigures() {}

  /** One row per sentence; {@code predicted} has a tag for every word. */
  static Tally of(List<List<String>> gold, List<List<String>> predicted) {
    Set<String> found = new TreeSet<>();
    gold.forEach(tags -> TagSpan.of(tags).forEach(span -> found.add(span.type())));
    predicted.forEach(tags -> TagSpan.of(tags).forEach(span -> found.add(span.type())));
    List<String> types = new ArrayList<>(found);
    int all = 3 * types.size();
    double[][] counts = new double[gold.size()][all + 5];
    for (int row = 0; row < counts.length; row++) {
      count(counts[row], types, gold.get(row), predicted.get(row));
    }
    Map<String, ToDoubleFunction<double[]>> figures = new LinkedHashMap<>();
    figures.put("span_f1", sum -> Tally.f1(sum, all));
    figures.put("span_precision", sum -> Tally.ratio(sum[all], sum[all + 1]));
    figures.put("span_recall", sum -> Tally.ratio(sum[all], sum[all + 2]));
    figures.put("accuracy", sum -> sum[all + 3] / sum[all + 4]);
    Map<String, Map<String, ToDoubleFunction<double[]>>> classes = new LinkedHashMap<>();
    for (int type = 0; type < types.size(); type++) {
      classes.put(types.get(type), Tally.ofClass(3 * type));
    }
    return new Tally(counts, figures, classes);
  }

  private static void count(
      double[] counts, List<String> types, List<String> gold, List<String> predicted) {
    int all = 3 * types.size();
    Set<TagSpan> there = new HashSet<>(TagSpan.of(gold));
    Set<TagSpan> said = new HashSet<>(TagSpan.of(predicted));
    add(counts, types, said, 1);
    add(counts, types, there, 2);
    said.retainAll(there);
    add(counts, types, said, 0);
    for (int word = 0; word < gold.size(); word++) {
      counts[all + 3] += gold.get(word).equals(predicted.get(word)) ? 1 : 0;
      counts[all + 4]++;
    }
  }

  private static void add(double[] counts, List<String> types, Set<TagSpan> spans, int counter) {
    for (TagSpan span : spans) {
      counts[3 * types.indexOf(span.type()) + counter]++;
      counts[3 * types.size() + counter]++;
    }
  }
}
