package org.plumbline.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.chat.TokenizerChanges;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.training.check.CheckedStage;
import org.plumbline.training.check.PlannedModel;

/**
 * Tokenizers and templates of models that stages of a recipe have yet to train: each stage's are
 * those of the model it starts from with the changes that it makes, down to a folder that exists.
 */
final class PlannedModels implements AutoCloseable {
  private final Recipe recipe;
  private final RunFolder folder;
  private final boolean anew;
  private final Path scratch;
  private final Map<String, Path> written = new TreeMap<>(Comparator.reverseOrder());

  /**
   * Nothing is known yet.
   *
   * @param anew whether every stage counts as still to be run, be it finished or not
   */
  PlannedModels(Recipe recipe, RunFolder folder, boolean anew) throws IOException {
    this.recipe = recipe;
    this.folder = folder;
    this.anew = anew;
    this.scratch = Files.createTempDirectory("plumbline-planned");
  }

  /**
   * A value that names a model.
   *
   * @param place of its tokenizer files; empty where they are still to be made
   * @param trainer the stage that makes the tokenizer, where there is no place
   */
  record Planned(Optional<Path> place, String trainer) {
    private static Planned at(Path place) {
      return new Planned(Optional.of(place), "");
    }

    private static Planned by(String trainer) {
      return new Planned(Optional.empty(), trainer);
    }
  }

  /** Follows a value to its folder: one that exists, or one with the files that it will have. */
  Planned find(String value) throws IOException {
    Optional<Step<?>> step = recipe.step(value);
    if (step.isEmpty() || !anew && folder.artifact(value).finishedPath().isPresent()) {
      return Planned.at(folder.resolve(value));
    }
    return toBeTrained(step.get());
  }

  private <C extends Record> Planned toBeTrained(Step<C> step) throws IOException {
    Path known = written.get(step.name());
    if (known != null) {
      return Planned.at(known);
    }
    if (!(step.stage() instanceof CheckedStage<C> stage)) {
      return Planned.by(step.name());
    }
    Optional<String> from = stage.tokenizerFrom(step.config());
    if (from.isEmpty()) {
      return Planned.by(step.name());
    }
    Planned start = find(from.get());
    if (start.place().isEmpty()) {
      return start;
    }
    TokenizerChanges changes = stage.tokenizerChanges(step.config());
    Path place = Files.createDirectories(scratch.resolve(step.name()));
    try {
      PlannedModel.write(start.place().get(), changes, place);
    } catch (ModelFormatException e) {
      return Planned.by(step.name()); // the stage's own check says why
    }
    written.put(step.name(), place);
    return Planned.at(place);
  }

  /** What stands in the way of the tokenizer and template that a stage is to have. */
  <C extends Record> Optional<String> fault(Step<C> step) throws IOException {
    if (!(step.stage() instanceof CheckedStage<C> stage)) {
      return Optional.empty();
    }
    TokenizerChanges changes = stage.tokenizerChanges(step.config());
    Optional<String> from = stage.tokenizerFrom(step.config());
    if (changes.isNone() || from.isEmpty()) {
      return Optional.empty();
    }
    Optional<Path> start = find(from.get()).place();
    try {
      start.ifPresent(changes::requireFits);
      return Optional.empty();
    } catch (ModelFormatException e) {
      return Optional.of("%s: %s".formatted(step.name(), named(String.valueOf(e.getMessage()))));
    }
  }

  /** A message in terms of the recipe, not of folders that nobody knows. */
  String named(String message) {
    String named = message;
    for (Map.Entry<String, Path> model : written.entrySet()) {
      named = named.replace(model.getValue().toString(), "the model of stage " + model.getKey());
    }
    return named;
  }

  @Override
  public void close() throws IOException {
    AtomicFiles.DISK.deleteTree(scratch);
  }
}
