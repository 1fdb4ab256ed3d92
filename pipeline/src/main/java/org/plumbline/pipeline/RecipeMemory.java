package org.plumbline.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.stage.UserException;
import org.plumbline.training.memory.MemoryPlan;
import org.plumbline.training.memory.PlannedStage;
import org.plumbline.training.memory.StageMemory;

/**
 * Bytes that the stages of a recipe will need, from the shapes of folders that exist and of models
 * that earlier stages will leave. Allocates nothing.
 */
public final class RecipeMemory {
  private final Recipe recipe;
  private final RunFolder folder;

  /** The memory of one recipe. */
  public RecipeMemory(Recipe recipe) {
    this.recipe = recipe;
    this.folder = new RunFolder(recipe);
  }

  /**
   * A stage's need.
   *
   * @param memory empty where it cannot be known
   * @param unknown why, else empty
   */
  public record Need(String name, String kind, Optional<StageMemory> memory, String unknown) {}

  /**
   * A setting and what the stage needs with it.
   *
   * @param settings one, or several together where one is not enough
   */
  public record Remedy(List<String> settings, MemoryPlan plan) {}

  /** All stages that train a model, in the order of the recipe. */
  public List<Need> stages() {
    List<Need> needs = new ArrayList<>();
    for (Step<?> step : recipe.steps()) {
      need(step).ifPresent(needs::add);
    }
    return needs;
  }

  private <C extends Record> Optional<Need> need(Step<C> step) {
    if (!(step.stage() instanceof PlannedStage<C> stage)) {
      return Optional.empty();
    }
    String kind = step.stage().kind();
    try {
      StageMemory memory = stage.memory(step.config(), this::model);
      return Optional.of(new Need(step.name(), kind, Optional.of(memory), ""));
    } catch (UserException | ModelFormatException | IllegalArgumentException e) {
      return Optional.of(
          new Need(step.name(), kind, Optional.empty(), String.valueOf(e.getMessage())));
    }
  }

  /** The base that a value leads to: in a folder that exists, or as a stage will leave it. */
  private TransformerConfig model(String value) {
    Optional<Step<?>> step = recipe.step(value);
    if (step.isEmpty() || folder.artifact(value).finishedPath().isPresent()) {
      Path place = folder.resolve(value);
      return TransformerConfig.read(ModelBundle.baseOf(place));
    }
    return left(step.get());
  }

  private <C extends Record> TransformerConfig left(Step<C> step) {
    if (step.stage() instanceof PlannedStage<C> stage) {
      return stage.leaves(step.config(), this::model);
    }
    throw new UserException("stage %s leaves no model".formatted(step.name()));
  }

  /**
   * What helps a stage to fit: the one setting that needs least, and while that is too much, the
   * next beside it, each key once.
   *
   * @param bytes of the machine
   */
  public static Optional<Remedy> remedy(StageMemory memory, long bytes) {
    List<String> settings = new ArrayList<>();
    StageMemory now = memory;
    while (now.plan().sum() > bytes) {
      Optional<Map.Entry<String, StageMemory>> best =
          now.changes().stream()
              .filter(
                  change -> settings.stream().noneMatch(s -> key(s).equals(key(change.setting()))))
              .map(change -> Map.entry(change.setting(), change.after().get()))
              .min(Comparator.comparingLong(entry -> entry.getValue().plan().sum()));
      if (best.isEmpty() || best.get().getValue().plan().sum() >= now.plan().sum()) {
        break;
      }
      settings.add(best.get().getKey());
      now = best.get().getValue();
    }
    return settings.isEmpty()
        ? Optional.empty()
        : Optional.of(new Remedy(List.copyOf(settings), now.plan()));
  }

  private static String key(String setting) {
    return setting.substring(0, setting.indexOf(':'));
  }
}
