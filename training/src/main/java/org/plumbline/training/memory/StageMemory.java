package org.plumbline.training.memory;

import java.util.List;
import java.util.function.Supplier;

/**
 * What a stage needs, and what it would need with one setting changed.
 *
 * @param changes none where nothing can be changed
 */
public record StageMemory(MemoryPlan plan, List<Change> changes) {
  /**
   * Another setting.
   *
   * @param setting as a recipe has it, {@code dtype: bfloat16}
   * @param after the stage with it
   */
  public record Change(String setting, Supplier<StageMemory> after) {}

  public StageMemory {
    changes = List.copyOf(changes);
  }

  /**
   * Of a stage that trains one model.
   *
   * @param tunable whether it has the keys {@code method} and {@code gradient_checkpointing}
   */
  public static StageMemory of(TrainingShape shape, boolean tunable) {
    return new StageMemory(
        new TrainingMemory(shape).plan(),
        shape.changes("training.micro_batch_size", tunable, "max_length").stream()
            .map(c -> new Change(c.setting(), () -> of(c.of().apply(shape), tunable)))
            .toList());
  }
}
