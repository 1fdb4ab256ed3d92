package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.stage.Json;

/** Where every number comes from: seeds, versions, hashes, configs, and how to make it again. */
final class ProvenanceSection {
  private static final int HASH_DIGITS = 12;

  private ProvenanceSection() {}

  static Section of(RunData run, String command) {
    List<Block> blocks = new ArrayList<>();
    if (!command.isBlank()) {
      blocks.add(new Block.Text("To reproduce: " + command));
    }
    List<List<String>> stages = new ArrayList<>();
    Map<String, String> versions = new LinkedHashMap<>();
    for (StageData stage : run.stages()) {
      JsonNode manifest = stage.manifest();
      stages.add(
          List.of(
              stage.name(),
              stage.kind(),
              manifest.path("seed").asText("–"),
              shortened(manifest.path("config_hash").asText("–")),
              inputs(manifest),
              Integer.toString(manifest.path("files").size())));
      manifest
          .path("versions")
          .properties()
          .forEach(e -> versions.putIfAbsent(e.getKey(), e.getValue().asText()));
    }
    blocks.add(
        new Block.Table(
            "Stages", List.of("stage", "kind", "seed", "config", "inputs", "files"), stages));
    blocks.add(
        new Block.Table(
            "Versions",
            List.of("what", "version"),
            versions.entrySet().stream().map(e -> List.of(e.getKey(), e.getValue())).toList()));
    for (StageData stage : run.stages()) {
      blocks.add(
          new Block.Details(
              "Config of " + stage.name(), Json.pretty(stage.manifest().path("config"))));
    }
    return new Section("provenance", "Provenance", blocks);
  }

  private static String inputs(JsonNode manifest) {
    List<String> inputs = new ArrayList<>();
    manifest
        .path("inputs")
        .properties()
        .forEach(
            e ->
                inputs.add(
                    "%s: %s @ %s"
                        .formatted(
                            e.getKey(),
                            e.getValue().path("value").asText(),
                            shortened(e.getValue().path("hash").asText("–")))));
    return inputs.isEmpty() ? "–" : String.join("\n", inputs);
  }

  private static String shortened(String hash) {
    return hash.length() > HASH_DIGITS ? hash.substring(0, HASH_DIGITS) : hash;
  }
}
