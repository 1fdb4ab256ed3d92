package org.plumbline.data.agreement;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One annotator beside the others.
 *
 * @param labels labels given
 * @param agreement share of the others' labels on the same items that are the same
 * @param weight probability of naming the consensus category, by Dawid and Skene's model
 * @param gold share of gold items answered rightly, with its 95 % interval
 * @param drift the share of labels that equal the consensus over time
 * @param shownFirst share of decided comparisons won by the answer shown first; near 0.5 for who
 *     does not mind the order
 */
public record AnnotatorReport(
    String name,
    int labels,
    OptionalDouble agreement,
    double weight,
    Optional<GoldScore> gold,
    Drift drift,
    OptionalDouble shownFirst) {
  /** The report as JSON-ready values. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("annotator", name);
    json.put("labels", labels);
    agreement.ifPresent(value -> json.put("agreement", value));
    json.put("weight", weight);
    gold.ifPresent(score -> json.put("gold", score.toJson()));
    shownFirst.ifPresent(value -> json.put("shown_first", value));
    json.put("drift_windows", drift.windows());
    json.put("drift_p", drift.p());
    return json;
  }
}
