package org.plumbline.stage;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * One step of a recipe: opens its inputs, builds its parts, writes its artifact; no maths.
 *
 * @param <C> the record that is this stage's section of the recipe
 */
public interface Stage<C extends Record> {
  /** Name of the stage in recipes and on the command line, such as {@code sft}. */
  String kind();

  /** Record whose components are the keys of this stage. */
  Class<C> configType();

  /** The config values that name an earlier artifact or a path, in the order of the config. */
  List<StageInput> inputs(C config);

  /**
   * Checks what can be known before the first stage runs (files exist and parse, values fit).
   *
   * @param context resolves inputs that exist already; earlier stages may not have run yet
   * @throws UserException when the stage cannot run as configured
   */
  default void validate(C config, ValidationContext context) {}

  /**
   * Runs to the end, or resumes from the newest checkpoint in {@link RunContext#directory()}.
   *
   * @return the summary for the manifest: flat, JSON-ready values (numbers, strings, booleans)
   * @throws StoppedException when a stop was requested and a checkpoint stands
   */
  Map<String, Object> run(C config, RunContext context) throws IOException;
}
