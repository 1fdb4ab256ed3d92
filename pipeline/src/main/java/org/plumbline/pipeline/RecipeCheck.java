package org.plumbline.pipeline;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.ModelFormatException;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.CheckedStage;

/** Looks at the rows of a recipe's stages, as far as their inputs exist. Runs nothing. */
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
      List<StageInput> waits,
      Optional<CheckedRows> rows,
      List<String> faults) {}

  /** All stages that learn from rows, in the order of the recipe. */
  public List<Seen> stages() throws IOException {
    List<Seen> seen = new ArrayList<>();
    for (Step<?> step : recipe.steps()) {
      look(step).ifPresent(seen::add);
    }
    return seen;
  }

  private <C extends Record> Optional<Seen> look(Step<C> step) throws IOException {
    if (!(step.stage() instanceof CheckedStage<C> stage)) {
      return Optional.empty();
    }
    List<StageInput> waits =
        stage.checkedInputs(step.config()).stream()
            .filter(input -> recipe.step(input.value()).isPresent())
            .filter(input -> folder.artifact(input.value()).finishedPath().isEmpty())
            .toList();
    Optional<CheckedRows> rows = Optional.empty();
    List<String> faults = new ArrayList<>();
    if (waits.isEmpty()) {
      try {
        rows = Optional.of(stage.check(step.config(), folder::resolve, recipe.run().seed()));
        faults.addAll(rows.get().faults());
      } catch (UserException | ModelFormatException e) {
        faults.add(String.valueOf(e.getMessage()));
      }
    }
    return Optional.of(new Seen(step.name(), step.stage().kind(), waits, rows, faults));
  }
}
