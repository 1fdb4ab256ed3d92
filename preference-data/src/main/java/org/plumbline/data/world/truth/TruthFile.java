package org.plumbline.data.world.truth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.data.world.language.Facts;
import org.plumbline.data.world.language.Group;
import org.plumbline.data.world.language.Intent;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/** The file {@code truth/facts.jsonl} of a sample-world artifact: hidden facts by prompt id. */
public final class TruthFile {
  private static final String PLACE = "truth/facts.jsonl";

  private TruthFile() {}

  /** Writes the facts into a world's directory. */
  public static void write(Path worldDirectory, Map<String, Facts> factsByPrompt)
      throws IOException {
    JsonLines.write(
        worldDirectory.resolve(PLACE),
        sink -> {
          for (Map.Entry<String, Facts> entry : factsByPrompt.entrySet()) {
            sink.write(row(entry.getKey(), entry.getValue()));
          }
        });
  }

  /** Reads the facts of a world's directory, in file order. */
  static Map<String, Facts> read(Path worldDirectory) {
    Path file = worldDirectory.resolve(PLACE);
    if (!Files.isRegularFile(file)) {
      throw new UserException(
          "%s holds no %s; the directory of a sample-world stage is needed. Real data has no truth file: leave the truth suite out."
              .formatted(worldDirectory, PLACE));
    }
    Map<String, Facts> facts = new LinkedHashMap<>();
    try {
      JsonLines.forEach(file, row -> facts.put(row.text("id"), facts(row)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return facts;
  }

  private static ObjectNode row(String id, Facts facts) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("id", id);
    row.put("intent", facts.intent().label());
    row.put("group", facts.group().label());
    row.put("eligible", facts.eligible());
    row.put("booking", facts.booking());
    row.put("space", facts.space());
    row.put("dogs", facts.dogs());
    row.put("hour", facts.hour());
    return row;
  }

  private static Facts facts(JsonRow row) {
    JsonNode value = row.object();
    try {
      return new Facts(
          Intent.of(row.text("intent")),
          Group.of(row.text("group")),
          value.path("booking").asBoolean(),
          value.path("space").asBoolean(),
          value.path("dogs").asBoolean(),
          value.path("hour").asInt());
    } catch (IllegalArgumentException e) {
      throw row.error("unknown intent or group. A world of another version? " + e.getMessage());
    }
  }
}
