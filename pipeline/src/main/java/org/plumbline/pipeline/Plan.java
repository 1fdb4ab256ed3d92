package org.plumbline.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.Manifests;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.config.ConfigReader;

/** What a stage would be run with now, and how that differs from what stands in its directory. */
final class Plan {
  private Plan() {}

  /** The manifest of a stage before it runs: config, input hashes, seed. */
  static Manifest of(
      Step<?> step, RunSettings settings, Function<String, Path> resolver, boolean forced)
      throws IOException {
    Map<String, Manifest.Input> inputs = new LinkedHashMap<>();
    for (StageInput input : step.inputs()) {
      Path path = resolver.apply(input.value());
      inputs.put(input.key(), new Manifest.Input(input.value(), Manifests.contentHash(path)));
    }
    return new Manifest(
        step.stage().kind(),
        step.name(),
        ConfigReader.toJson(step.config()),
        configHash(step),
        inputs,
        settings.seed(),
        Versions.all(),
        Map.of(),
        List.of(),
        Map.of(),
        forced);
  }

  static String configHash(Step<?> step) {
    return Manifests.configHash(
        ConfigReader.toHashedJson(step.config()),
        step.inputs().stream().map(StageInput::key).collect(Collectors.toSet()));
  }

  /** The first difference between two manifests that makes one stale, in words. */
  static Optional<String> difference(Manifest before, Manifest now) {
    if (!before.kind().equals(now.kind())) {
      return Optional.of("kind was %s and is %s".formatted(before.kind(), now.kind()));
    }
    if (before.seed() != now.seed()) {
      return Optional.of("run.seed was %d and is %d".formatted(before.seed(), now.seed()));
    }
    if (!before.configHash().equals(now.configHash())) {
      return Optional.of(configDifference(now.name(), before.config(), now.config()));
    }
    for (Map.Entry<String, Manifest.Input> input : now.inputs().entrySet()) {
      Manifest.Input old = before.inputs().get(input.getKey());
      if (old == null || !old.hash().equals(input.getValue().hash())) {
        return Optional.of(
            "the content of %s.%s=%s changed"
                .formatted(now.name(), input.getKey(), input.getValue().value()));
      }
    }
    return Optional.empty();
  }

  /** What changed in a stage's own keys or the seed since it was begun. */
  static String configChange(Manifest before, Step<?> step, RunSettings settings) {
    return before.seed() != settings.seed()
        ? "run.seed was %d and is %d".formatted(before.seed(), settings.seed())
        : configDifference(step.name(), before.config(), ConfigReader.toJson(step.config()));
  }

  private static String configDifference(String prefix, JsonNode before, JsonNode now) {
    TreeSet<String> keys = new TreeSet<>();
    before.fieldNames().forEachRemaining(keys::add);
    now.fieldNames().forEachRemaining(keys::add);
    for (String key : keys) {
      JsonNode a = before.path(key);
      JsonNode b = now.path(key);
      if (!a.equals(b)) {
        String dotted = prefix + "." + key;
        return a.isObject() && b.isObject()
            ? configDifference(dotted, a, b)
            : "%s was %s and is %s".formatted(dotted, shown(a), shown(b));
      }
    }
    return prefix + " changed";
  }

  private static String shown(JsonNode node) {
    return node.isMissingNode() ? "absent" : node.toString();
  }
}
