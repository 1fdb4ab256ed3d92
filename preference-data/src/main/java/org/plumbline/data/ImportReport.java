package org.plumbline.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an import kept and what it kept out: nothing is dropped without a line here.
 *
 * @param file file as given
 * @param shapes rows by recognised shape, the most frequent shape of a clean file alone
 * @param rows rows in the file, blank lines not counted
 * @param kept rows that became data
 * @param skipped rows kept out, in file order
 */
public record ImportReport(
    String file, Map<DatasetShape, Integer> shapes, int rows, int kept, List<Skipped> skipped) {
  /**
   * A row kept out.
   *
   * @param source {@code file:line}
   * @param detail what was found
   * @param row the line as it stands in the file
   */
  public record Skipped(String source, SkipReason reason, String detail, String row) {
    /** For a file of rows kept out, from which none is lost. */
    public ObjectNode toJson() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("source", source)
          .put("reason", reason.label())
          .put("detail", detail)
          .put("row", row);
    }
  }

  public ImportReport {
    shapes = java.util.Collections.unmodifiableMap(new EnumMap<>(shapes));
    skipped = List.copyOf(skipped);
  }

  /** Rows kept out by reason, in the order of the reasons; reasons without rows are absent. */
  public Map<SkipReason, Integer> skippedByReason() {
    Map<SkipReason, Integer> counts = new EnumMap<>(SkipReason.class);
    skipped.forEach(row -> counts.merge(row.reason(), 1, Integer::sum));
    return counts;
  }

  /** One line: rows, what was kept, what was not and why, the shape. */
  public String summary() {
    StringBuilder line = new StringBuilder("%s: %d rows, %d kept".formatted(file, rows, kept));
    skippedByReason()
        .forEach(
            (reason, count) -> line.append(", ").append(count).append(' ').append(reason.label()));
    shapes.keySet().forEach(shape -> line.append("; ").append(shape.description()));
    return line.toString();
  }

  /** The report as JSON-ready values. */
  public Map<String, Object> toJson() {
    Map<String, Object> byShape = new LinkedHashMap<>();
    shapes.forEach((shape, count) -> byShape.put(shape.description(), count));
    Map<String, Object> byReason = new LinkedHashMap<>();
    skippedByReason().forEach((reason, count) -> byReason.put(reason.label(), count));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file);
    json.put("shapes", byShape);
    json.put("rows", rows);
    json.put("kept", kept);
    json.put("skipped_by_reason", byReason);
    json.put("skipped", skipped.stream().map(ImportReport::rowJson).toList());
    return json;
  }

  private static Map<String, Object> rowJson(Skipped row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("source", row.source());
    json.put("reason", row.reason().label());
    json.put("detail", row.detail());
    return json;
  }
}
