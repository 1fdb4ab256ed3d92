package org.plumbline.data.agreement;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How far annotators agree.
 *
 * @param items items with a label
 * @param repeated items with labels of at least two annotators: only they say anything
 * @param labels all labels
 * @param abstentions judgements without a verdict; no labels
 * @param raw mean share of agreeing pairs of labels per repeated item
 * @param fleiss Fleiss' kappa
 * @param alphas Krippendorff's alpha by level
 */
public record AgreementReport(
    int items,
    int repeated,
    int labels,
    int abstentions,
    OptionalDouble raw,
    OptionalDouble fleiss,
    Map<KrippendorffAlpha.Level, OptionalDouble> alphas,
    List<AnnotatorReport> annotators,
    List<PairAgreement> pairs) {
  /** The report as JSON-ready values; figures that are not defined are absent. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("items", items);
    json.put("items_with_two_labels", repeated);
    json.put("labels", labels);
    json.put("abstentions", abstentions);
    raw.ifPresent(value -> json.put("raw", value));
    fleiss.ifPresent(value -> json.put("fleiss_kappa", value));
    alphas.forEach(
        (level, alpha) ->
            alpha.ifPresent(value -> json.put("krippendorff_alpha_" + level.label(), value)));
    json.put("annotators", annotators.stream().map(AnnotatorReport::toJson).toList());
    json.put("pairs", pairs.stream().map(PairAgreement::toJson).toList());
    return json;
  }
}
