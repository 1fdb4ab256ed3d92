package org.plumbline.data.agreement;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Two annotators on the items that both labelled.
 *
 * @param raw share of equal labels
 * @param kappa Cohen's; empty where it is not defined
 */
public record PairAgreement(
    String first, String second, int items, double raw, OptionalDouble kappa) {
  /** The figures as JSON-ready values. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("first", first);
    json.put("second", second);
    json.put("items", items);
    json.put("raw", raw);
    kappa.ifPresent(value -> json.put("cohen_kappa", value));
    return json;
  }
}
