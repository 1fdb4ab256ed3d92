package org.plumbline.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.stage.Stage;

/** The stages that recipes and the command line know, by kind. */
public final class StageCatalog {
  /** Other names of kinds. */
  private static final Map<String, String> ALIASES = Map.of("reward", "reward-model");

  private final Map<String, Stage<?>> stages = new LinkedHashMap<>();

  /** A catalog of these stages. */
  public StageCatalog(List<Stage<?>> stages) {
    stages.forEach(stage -> this.stages.put(stage.kind(), stage));
  }

  /** The stage of this kind or alias. */
  public Optional<Stage<?>> find(String kind) {
    return Optional.ofNullable(stages.get(ALIASES.getOrDefault(kind, kind)));
  }

  /** All kinds in run order. */
  public Set<String> kinds() {
    return stages.keySet();
  }

  /** Aliases of a kind. */
  public List<String> aliases(String kind) {
    return ALIASES.entrySet().stream()
        .filter(alias -> alias.getValue().equals(kind))
        .map(Map.Entry::getKey)
        .toList();
  }
}
