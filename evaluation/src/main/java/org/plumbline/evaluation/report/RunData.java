package org.plumbline.evaluation.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.plumbline.stage.UserException;

/**
 * The finished stages of a run, each behind those it uses.
 *
 * @param name of the run: its directory's
 */
record RunData(String name, List<StageData> stages) {
  private static final List<String> KINDS =
      List.of(
          "sample-world",
          "pretrain",
          "sft",
          "preferences",
          "ai-feedback",
          "reward-model",
          "ppo",
          "evaluate");

  /**
   * Reads a run's directory.
   *
   * @throws UserException when it is no directory or holds no finished stage
   */
  static RunData read(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new UserException(
          directory
              + " is not a directory; the folder of a run is needed, such as runs/quickstart");
    }
    List<StageData> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.sorted().toList()) {
        String name = String.valueOf(entry.getFileName());
        boolean hidden = name.startsWith(".") || name.endsWith(".previous");
        if (!hidden && Files.isRegularFile(entry.resolve(StageData.MANIFEST))) {
          found.add(StageData.read(entry));
        }
      }
    }
    if (found.isEmpty()) {
      throw new UserException(
          "%s holds no finished stage (no folder with %s); has the run got that far?"
              .formatted(directory, StageData.MANIFEST));
    }
    Path whole = directory.toAbsolutePath().normalize();
    return new RunData(String.valueOf(whole.getFileName()), ordered(found));
  }

  private static List<StageData> ordered(List<StageData> found) {
    List<StageData> open = new ArrayList<>(found);
    open.sort(Comparator.comparingInt(RunData::rank));
    List<StageData> ordered = new ArrayList<>();
    while (!open.isEmpty()) {
      StageData next =
          open.stream()
              .filter(stage -> open.stream().noneMatch(other -> uses(stage, other)))
              .findFirst()
              .orElse(open.get(0));
      ordered.add(next);
      open.remove(next);
    }
    return List.copyOf(ordered);
  }

  private static int rank(StageData stage) {
    int rank = KINDS.indexOf(stage.kind());
    return rank < 0 ? KINDS.size() : rank;
  }

  private static boolean uses(StageData stage, StageData other) {
    return !stage.name().equals(other.name()) && stage.inputs().containsValue(other.name());
  }

  /** The stages of a kind; those that no judge had a part in first, as everywhere in the report. */
  List<StageData> ofKind(String kind) {
    return stages.stream()
        .filter(stage -> stage.kind().equals(kind))
        .sorted(Comparator.comparing(stage -> followsJudge(stage.name(), stages.size())))
        .toList();
  }

  private boolean followsJudge(String name, int depth) {
    return depth > 0
        && named(name)
            .filter(
                stage ->
                    stage.kind().equals("ai-feedback")
                        || stage.inputs().values().stream()
                            .anyMatch(input -> followsJudge(input, depth - 1)))
            .isPresent();
  }

  Optional<StageData> named(String name) {
    return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
  }

  /** Who wrote the preferences a policy was aligned with; empty for a model that saw none. */
  Optional<String> route(String stage) {
    return named(stage)
        .filter(policy -> policy.inputs().containsKey("reward"))
        .flatMap(policy -> named(policy.inputs().getOrDefault("reward", "")))
        .flatMap(reward -> named(reward.inputs().getOrDefault("pairs", "")))
        .map(pairs -> pairs.kind().equals("ai-feedback") ? "AI feedback" : "human feedback");
  }
}
