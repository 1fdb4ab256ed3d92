package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.plumbline.pipeline.RecipeMemory;
import org.plumbline.training.memory.MemoryPlan;

/** The memory plan of a recipe as a table, as warnings and as JSON. */
final class MemoryTable {
  private static final String ROW = "  %-20s %10s %10s %10s %11s %10s %10s %10s %10s%n";

  private final List<RecipeMemory.Need> needs;
  private final long machine;

  /**
   * A table.
   *
   * @param machine bytes of memory that there are
   */
  MemoryTable(List<RecipeMemory.Need> needs, long machine) {
    this.needs = needs;
    this.machine = machine;
  }

  void print(PrintStream text) {
    if (needs.isEmpty()) {
      return;
    }
    text.printf("memory plan; this machine has %s%n", bytes(machine));
    text.printf(
        ROW,
        "stage",
        "weights",
        "gradients",
        "optimizer",
        "activations",
        "KV cache",
        "logits",
        "fixed",
        "sum");
    for (RecipeMemory.Need need : needs) {
      if (need.memory().isEmpty()) {
        text.printf("  %-20s not known: %s%n", need.name(), need.unknown());
        continue;
      }
      MemoryPlan p = need.memory().get().plan();
      text.printf(
          ROW,
          need.name(),
          bytes(p.weights()),
          bytes(p.gradients()),
          bytes(p.optimizer()),
          bytes(p.activations()),
          bytes(p.cache()),
          bytes(p.logits()),
          bytes(p.fixed()),
          bytes(p.sum()));
    }
    text.println(
        "  sum: of what is held at the moment that needs most; gradients take the room that activations leave");
  }

  /** One line for each stage that does not fit. */
  void warn(PrintStream err) {
    for (RecipeMemory.Need need : needs) {
      need.memory()
          .filter(memory -> memory.plan().sum() > machine)
          .ifPresent(
              memory ->
                  err.printf(
                      "warning: %s needs %s, this machine has %s; %s%n",
                      need.name(),
                      bytes(memory.plan().sum()),
                      bytes(machine),
                      RecipeMemory.remedy(memory, machine)
                          .map(this::advice)
                          .orElse("needed: a smaller model, or more memory")));
    }
  }

  private String advice(RecipeMemory.Remedy remedy) {
    String with =
        "with %s it needs %s"
            .formatted(String.join(", ", remedy.settings()), bytes(remedy.plan().sum()));
    return remedy.plan().sum() > machine ? with + ", which is still too much" : with;
  }

  ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("machine", machine);
    ArrayNode stages = node.putArray("stages");
    for (RecipeMemory.Need need : needs) {
      ObjectNode stage = stages.addObject().put("stage", need.name()).put("kind", need.kind());
      if (need.memory().isEmpty()) {
        stage.put("unknown", need.unknown());
        continue;
      }
      MemoryPlan p = need.memory().get().plan();
      stage
          .put("weights", p.weights())
          .put("gradients", p.gradients())
          .put("optimizer", p.optimizer())
          .put("activations", p.activations())
          .put("kv_cache", p.cache())
          .put("logits", p.logits())
          .put("fixed", p.fixed())
          .put("sum", p.sum())
          .put("fits", p.sum() <= machine);
      Optional<RecipeMemory.Remedy> remedy = RecipeMemory.remedy(need.memory().get(), machine);
      remedy.ifPresent(
          r -> {
            ObjectNode advice = stage.putObject("remedy").put("sum", r.plan().sum());
            r.settings().forEach(advice.putArray("settings")::add);
          });
    }
    return node;
  }

  /** Three digits in binary units. */
  static String bytes(long bytes) {
    List<String> units = List.of("B", "KiB", "MiB", "GiB", "TiB");
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.size() - 1) {
      value /= 1024;
      unit++;
    }
    int digits = unit == 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return bytes == 0
        ? "–"
        : String.format(Locale.ROOT, "%." + digits + "f %s", value, units.get(unit));
  }

  /** Bytes of {@code 48g}, {@code 512m}, {@code 1.5t}; binary units. */
  static long parse(String size) {
    String text = size.trim().toLowerCase(Locale.ROOT);
    int power = "kmgt".indexOf(text.isEmpty() ? ' ' : text.charAt(text.length() - 1)) + 1;
    try {
      double number = Double.parseDouble(power > 0 ? text.substring(0, text.length() - 1) : text);
      if (number > 0 && Double.isFinite(number)) {
        return (long) (number * Math.pow(1024, power));
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "--memory=%s is no size; needed: a number of bytes, or one with k, m, g or t such as 48g"
            .formatted(size));
  }
}
