package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.stage.Json;
import org.plumbline.stage.UserException;

/**
 * A study whose trials have run: what its report is made of.
 *
 * @param name of the study
 * @param baseline arm that all others are compared with
 * @param measured stage of a trial whose size, time and memory are shown
 * @param figures columns: title, and {@code STAGE.key} of a summary
 * @param equalLoss loss on the new domain at which others are read; the lowest that all reach if
 *     absent
 * @param seeds of the table's trials, which pair the arms
 * @param arms in the order of the file
 */
public record StudyOutline(
    String name,
    String baseline,
    String measured,
    Map<String, String> figures,
    Optional<Double> equalLoss,
    List<Long> seeds,
    List<ArmResult> arms) {

  /**
   * An arm at its best point.
   *
   * @param chosen label of that point; {@code -} without a grid
   * @param searched what was minimised at each point; empty where it diverged
   * @param trials folders of the table's trials, one per seed; fewer where some diverged
   */
  public record ArmResult(
      String name, String chosen, Map<String, OptionalDouble> searched, List<Path> trials) {}

  /**
   * A number that a stage of a trial left.
   *
   * @param key {@code STAGE.key}
   * @throws UserException naming key and trial where there is none
   */
  public static double figure(Path trial, String key) throws IOException {
    int dot = key.indexOf('.');
    Path manifest = trial.resolve(key.substring(0, Math.max(0, dot))).resolve("manifest.json");
    if (dot < 1 || !java.nio.file.Files.isRegularFile(manifest)) {
      throw new UserException(
          "figure %s names no stage of the trial %s; needed: STAGE.key of a summary"
              .formatted(key, trial));
    }
    JsonNode summary = Json.read(manifest).path("summary");
    JsonNode value = summary.path(key.substring(dot + 1));
    if (!value.isNumber()) {
      List<String> known = new java.util.ArrayList<>();
      summary.fieldNames().forEachRemaining(known::add);
      throw new UserException(
          "figure %s: %s has no number %s; it has %s"
              .formatted(key, manifest, key.substring(dot + 1), String.join(", ", known)));
    }
    return value.asDouble();
  }

  /** The arm that others are compared with. */
  ArmResult baselineArm() {
    return arms.stream().filter(arm -> arm.name().equals(baseline)).findFirst().orElseThrow();
  }
}
