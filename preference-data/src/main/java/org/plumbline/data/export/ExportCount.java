package org.plumbline.data.export;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts while an export is written. */
final class ExportCount {
  private final Map<String, Integer> leftOut = new LinkedHashMap<>();
  private int rows;
  private int preferences;

  void written(int count) {
    rows += count;
    preferences++;
  }

  void leftOut(String reason) {
    leftOut.merge(reason, 1, Integer::sum);
  }

  ExportReport report() {
    return new ExportReport(rows, preferences, leftOut);
  }
}
