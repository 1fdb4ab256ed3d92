package org.plumbline.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.model.ModelFormatException;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.CheckedStage;

/**
 * Looks at the rows of a recipe's stages, as far as their texts exist and their tokenizers are
 * known. Runs nothing.
 */
public final class RecipeCheck {
  private final Recipe recipe;
  private final RunFolder folder;

  /** A check of one recipe. */
  public RecipeCheck(Recipe recipe) {
    this.recipe = recipe;
    this.folder = new RunFolder(recipe);
  }

  /**
   * What was seen of a stage.
   *
   * @param waits inputs of earlier stages that have not run; then there are no rows
   * @param rows empty where inputs are missing or cannot be read
   * @param faults each a sentence
   */
  public record Seen(
      String name,
      String kind,
      List<Wait> waits,
      Optional<CheckedRows> rows,
      List<String> faults) {}

  /**
   * An input that is not there yet.
   *
   * @param trainer the stage that trains the tokenizer of a model; the input itself where it is
   *     data
   */
  public record Wait(StageInput input, String trainer) {}

  /** All stages that learn from rows, in the order of the recipe. */
  public List<Seen> stages() throws IOException {
    List<Seen> seen = new ArrayList<>();
    try (PlannedModels planned = new PlannedModels(recipe, folder, false)) {
      for (Step<?> step : recipe.steps()) {
        look(step, planned).ifPresent(seen::add);
      }
    }
    return seen;
  }

  private <C extends Record> Optional<Seen> look(Step<C> step, PlannedModels planned)
      throws IOException {
    if (!(step.stage() instanceof CheckedStage<C> stage)) {
      return Optional.empty();
    }
    List<Wait> waits = new ArrayList<>();
    Map<String, Path> places = new HashMap<>();
    Optional<CheckedRows> rows = Optional.empty();
    List<String> faults = new ArrayList<>();
    try {
      for (StageInput input : stage.checkedInputs(step.config())) {
        if (isToCome(input.value())) {
          PlannedModels.Planned model = planned.find(input.value());
          model.place().ifPresent(place -> places.put(input.value(), place));
          if (model.place().isEmpty()) {
            waits.add(new Wait(input, model.trainer()));
          }
        }
      }
      if (waits.isEmpty()) {
        rows =
            Optional.of(
                stage.check(
                    step.config(),
                    value ->
                        Optional.ofNullable(places.get(value))
                            .orElseGet(() -> folder.resolve(value)),
                    recipe.run().seed()));
        faults.addAll(rows.get().faults());
      }
    } catch (UserException | ModelFormatException e) {
      faults.add(planned.named(String.valueOf(e.getMessage())));
    }
    return Optional.of(new Seen(step.name(), step.stage().kind(), waits, rows, faults));
  }

  private boolean isToCome(String value) {
    return recipe.step(value).isPresent() && folder.artifact(value).finishedPath().isEmpty();
  }
}
