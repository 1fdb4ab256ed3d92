package org.plumbline.data.export;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an export wrote and what it could not.
 *
 * @param rows rows of the file; a ranking may be several pairs
 * @param preferences how many of the preferences are in them
 * @param leftOut preferences that the format has no words for, by reason
 */
public record ExportReport(int rows, int preferences, Map<String, Integer> leftOut) {
  public ExportReport {
    leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
  }

  /** The report as JSON-ready values. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rows", rows);
    json.put("preferences", preferences);
    json.put("left_out", leftOut);
    return json;
  }
}
