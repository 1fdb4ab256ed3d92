package org.plumbline.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an import kept and what it kept out: nothing is dropped without a line here.
 *
 * @param file file as given
 * @param format what the file was read as
 * @param why how that was recognised, or that it was asked for
 * @param shapes rows by recognised shape
 * @param rows rows in the file, blank lines not counted
 * @param kept rows that became data
 * @param records what they became; a row may hold several, and several rows may make one
 * @param skippedByReason what was kept out by reason, in the order of the reasons
 * @param skipped the first {@link #LISTED} kept out, in file order
 */
public record ImportReport(
    String file,
    String format,
    String why,
    Map<DatasetShape, Integer> shapes,
    int rows,
    int kept,
    int records,
    Map<SkipReason, Integer> skippedByReason,
    List<Skipped> skipped) {
  /** How many of the rows kept out a report lists. */
  public static final int LISTED = 1000;

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
    shapes = ordered(DatasetShape.class, shapes);
    skippedByReason = ordered(SkipReason.class, skippedByReason);
    skipped = List.copyOf(skipped);
  }

  private static <K extends Enum<K>> Map<K, Integer> ordered(
      Class<K> type, Map<K, Integer> counts) {
    Map<K, Integer> ordered = new EnumMap<>(type);
    ordered.putAll(counts);
    return Collections.unmodifiableMap(ordered);
  }

  /** The same with the reason for which the format was chosen. */
  public ImportReport recognisedBecause(String reason) {
    return new ImportReport(
        file, format, reason, shapes, rows, kept, records, skippedByReason, skipped);
  }

  /** How much was kept out. */
  public int skippedCount() {
    return skippedByReason.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** One line: rows, what was kept, what was not and why, the shape. */
  public String summary() {
    StringBuilder line = new StringBuilder("%s: %d rows, %d kept".formatted(file, rows, kept));
    skippedByReason.forEach(
        (reason, count) -> line.append(", ").append(count).append(' ').append(reason.label()));
    shapes.keySet().forEach(shape -> line.append("; ").append(shape.description()));
    return line.toString();
  }

  /** The report as JSON-ready values. */
  public Map<String, Object> toJson() {
    Map<String, Object> byShape = new LinkedHashMap<>();
    shapes.forEach((shape, count) -> byShape.put(shape.description(), count));
    Map<String, Object> byReason = new LinkedHashMap<>();
    skippedByReason.forEach((reason, count) -> byReason.put(reason.label(), count));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file);
    json.put("format", format);
    json.put("recognised", why);
    json.put("shapes", byShape);
    json.put("rows", rows);
    json.put("kept", kept);
    json.put("records", records);
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
