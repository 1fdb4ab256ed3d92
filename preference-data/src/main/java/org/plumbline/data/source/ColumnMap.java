package org.plumbline.data.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import com.jayway.jsonpath.spi.mapper.JacksonMappingProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/**
 * Gives the fields of rows the names that importers know, as {@code prompt=$.q.text,chosen=good}: a
 * JSONPath, or the name of a column. What is not mapped is kept under {@link #OTHER}.
 */
public final class ColumnMap {
  /** Name of the object of fields that have no known name. */
  public static final String OTHER = "other_fields";

  private static final Configuration PATHS =
      Configuration.builder()
          .jsonProvider(new JacksonJsonNodeJsonProvider())
          .mappingProvider(new JacksonMappingProvider())
          .options(Option.SUPPRESS_EXCEPTIONS)
          .build();

  /** What a row can do without. */
  private static final Set<String> OPTIONAL =
      Set.of(
          "id",
          "prompt_id",
          "outcome",
          "margin",
          "annotator",
          "annotator_kind",
          "time",
          "annotator_version",
          "guideline",
          "gold",
          "chosen_model",
          "rejected_model",
          "winner",
          "chosen_score",
          "rejected_score",
          "model_a",
          "model_b",
          "source",
          "label",
          "ranks");

  private final Map<String, String> targets;
  private final Map<String, JsonPath> paths = new LinkedHashMap<>();

  private ColumnMap(Map<String, String> targets) {
    this.targets = targets;
    targets.forEach(
        (target, path) -> {
          if (path.startsWith("$")) {
            paths.put(target, compiled(target, path));
          }
        });
  }

  /**
   * Reads a map.
   *
   * @throws UserException when it is no list of {@code name=path}
   */
  public static ColumnMap of(String text) {
    Map<String, String> targets = new LinkedHashMap<>();
    for (String part : text.split(",(?=\\s*[a-z_][a-z_0-9]*=)")) {
      int equals = part.indexOf('=');
      if (equals <= 0 || equals == part.length() - 1) {
        throw new UserException(
            "--columns: \"%s\" is no name=column or name=$.path; such as prompt=$.q.text,chosen=good"
                .formatted(part));
      }
      if (targets.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip())
          != null) {
        throw new UserException("--columns: \"%s\" is mapped twice".formatted(part));
      }
    }
    return new ColumnMap(targets);
  }

  private static JsonPath compiled(String target, String path) {
    try {
      return JsonPath.compile(path);
    } catch (InvalidPathException e) {
      throw new UserException(
          "--columns: %s=%s is no JSONPath: %s".formatted(target, path, e.getMessage()), e);
    }
  }

  /**
   * Looks for the columns before any row is read.
   *
   * @throws UserException when a table lacks a mapped column
   */
  void check(Path file, List<String> columns) {
    targets.forEach(
        (target, path) -> {
          if (!paths.containsKey(target) && !columns.isEmpty() && !columns.contains(path)) {
            throw new UserException(
                "%s header: no column \"%s\", to which \"%s\" is mapped; columns: %s"
                    .formatted(file, path, target, String.join(", ", columns)));
          }
        });
  }

  /**
   * The row under the known names.
   *
   * @throws UserException when a mapped column or path is not there
   */
  JsonRow apply(JsonRow row) {
    ObjectNode from = row.object();
    ObjectNode rest = from.deepCopy();
    ObjectNode mapped = JsonNodeFactory.instance.objectNode();
    targets.forEach(
        (target, path) -> {
          JsonPath compiled = paths.get(target);
          JsonNode value = compiled == null ? from.get(path) : compiled.read(from, PATHS);
          rest.remove(path);
          if (value != null && !value.isNull() && !value.isMissingNode()) {
            mapped.set(target, value);
          } else if (!OPTIONAL.contains(target)) {
            throw row.error(
                "\"%s\" is mapped to %s, which is not there; found: %s"
                    .formatted(target, path, keys(from)));
          }
        });
    if (!rest.isEmpty()) {
      mapped.set(OTHER, rest);
    }
    return new JsonRow(row.file(), row.line(), mapped, row.place());
  }

  private static String keys(ObjectNode row) {
    List<String> names = new ArrayList<>();
    row.fieldNames().forEachRemaining(names::add);
    return names.isEmpty() ? "no keys" : String.join(", ", names);
  }
}
