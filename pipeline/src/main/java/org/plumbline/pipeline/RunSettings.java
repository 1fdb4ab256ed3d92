package org.plumbline.pipeline;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;
import org.plumbline.stage.config.MachineLocal;

/**
 * Key {@code run:} of a recipe.
 *
 * @param name of the run, and of its folder
 * @param seed of every random stream
 * @param output folder of all runs
 * @param device {@code auto}, {@code cpu} or {@code cuda:N}
 */
public record RunSettings(
    String name,
    @Default("7") long seed,
    @MachineLocal @Default("runs") String output,
    @MachineLocal @Default("auto") String device) {
  public RunSettings {
    Check.that(
        name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
        () ->
            "run.name=%s must be letters, digits, '.', '_' and '-', as it names a folder"
                .formatted(name));
    Check.that(
        device.matches("auto|cpu|cuda:\\d+"),
        () -> "run.device=%s must be auto, cpu or cuda:N".formatted(device));
  }
}
