package org.plumbline.data.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.plumbline.data.Preference;
import org.plumbline.data.format.PreferenceJson;

/**
 * Our rows as the cells of a table. Columns that end in {@code _json} hold JSON: turns instead of a
 * text, lists, and the object of all unknown fields.
 */
public final class PreferenceTable {
  /** Names of the columns. */
  public static final List<String> COLUMNS =
      List.of(
          "id",
          "prompt_id",
          "prompt",
          "prompt_json",
          "chosen",
          "chosen_json",
          "rejected",
          "rejected_json",
          "outcome",
          "first",
          "margin",
          "answers_json",
          "ranks_json",
          "judgement",
          "chosen_model",
          "rejected_model",
          "chosen_score",
          "rejected_score",
          "chosen_extra_json",
          "rejected_extra_json",
          "annotator",
          "annotator_kind",
          "annotator_version",
          "time",
          "guideline",
          "gold",
          "source",
          "other_fields_json");

  private static final String JSON = "_json";
  private static final String OTHER = "other_fields";

  private PreferenceTable() {}

  /** The cells of a preference, in the order of the columns; absent ones are empty. */
  public static List<String> cells(Preference preference) {
    ObjectNode row = PreferenceJson.toJson(preference);
    moveUnknown(row);
    List<String> cells = new ArrayList<>();
    for (String column : COLUMNS) {
      boolean json = column.endsWith(JSON);
      JsonNode value =
          row.path(json ? column.substring(0, column.length() - JSON.length()) : column);
      boolean here = !value.isMissingNode() && json == value.isContainerNode();
      cells.add(!here ? "" : json ? value.toString() : value.asText());
    }
    return cells;
  }

  private static void moveUnknown(ObjectNode row) {
    Set<String> known = new HashSet<>();
    COLUMNS.forEach(column -> known.add(column.replace(JSON, "")));
    List<String> unknown = new ArrayList<>();
    row.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                unknown.add(name);
              }
            });
    for (String name : unknown) {
      JsonNode value = row.remove(name);
      ObjectNode other =
          row.path(OTHER) instanceof ObjectNode object ? object : row.putObject(OTHER);
      other.set(name, value);
    }
  }
}
