package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.plumbline.pipeline.Pipeline;
import org.plumbline.pipeline.Recipe;
import org.plumbline.pipeline.RecipeCheck;
import org.plumbline.pipeline.RunOptions;
import org.plumbline.pipeline.StageCatalog;
import org.plumbline.stage.ConsoleProgress;
import org.plumbline.stage.UserException;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.ShownRow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code plumbline check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "Show rows of each dataset as text and ids, with the tokens that carry loss; stop at what spoils training.")
final class CheckCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final StageCatalog catalog;

  @Mixin private RecipeOptions recipe = new RecipeOptions();

  @Mixin private ResultOptions results = new ResultOptions();

  CheckCommand(Terminal terminal, StageCatalog catalog) {
    this.terminal = terminal;
    this.catalog = catalog;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    Recipe read = recipe.read(catalog, null);
    new Pipeline(read, terminal.stop(), text).check(new RunOptions(List.of(), true, false));
    boolean colour = ConsoleProgress.isTerminal() && System.getenv("NO_COLOR") == null;
    RowPrinter printer = new RowPrinter(text, colour);
    List<String> faults = new ArrayList<>();
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("recipe", recipe.path().toString());
    ArrayNode stages = json.putArray("stages");
    for (RecipeCheck.Seen seen : new RecipeCheck(read).stages()) {
      print(seen, text, printer);
      stages.add(json(seen));
      seen.faults().forEach(fault -> faults.add(seen.name() + ": " + fault));
    }
    results.print(terminal, json);
    if (!faults.isEmpty()) {
      throw new UserException(String.join("\n", faults));
    }
    return 0;
  }

  private static void print(RecipeCheck.Seen seen, PrintStream text, RowPrinter printer) {
    String title =
        seen.name().equals(seen.kind()) ? seen.name() : seen.name() + " (" + seen.kind() + ")";
    if (seen.rows().isEmpty()) {
      text.println(
          title + ": " + (seen.waits().isEmpty() ? "cannot be read" : waits(seen.waits())));
      return;
    }
    CheckedRows rows = seen.rows().get();
    text.printf(
        "%s: %,d rows, the first %,d checked; learned: %s%n",
        title, rows.rows(), rows.checked(), rows.learned());
    rows.shown().forEach(printer::print);
  }

  private static String waits(List<RecipeCheck.Wait> waits) {
    return waits.stream()
        .map(CheckCommand::named)
        .collect(
            Collectors.joining(
                ", ", "nothing to show yet; made by stages that have not run: ", ""));
  }

  private static String named(RecipeCheck.Wait wait) {
    String input = "%s=%s".formatted(wait.input().key(), wait.input().value());
    return wait.trainer().equals(wait.input().value())
        ? input
        : "%s (its tokenizer is made by %s)".formatted(input, wait.trainer());
  }

  private static ObjectNode json(RecipeCheck.Seen seen) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("stage", seen.name()).put("kind", seen.kind());
    ArrayNode waits = node.putArray("waits_for");
    seen.waits().forEach(wait -> waits.add(wait.input().value()));
    ArrayNode faults = node.putArray("faults");
    seen.faults().forEach(faults::add);
    seen.rows()
        .ifPresent(
            rows -> {
              node.put("rows", rows.rows()).put("checked", rows.checked());
              node.put("learned", rows.learned());
              ArrayNode shown = node.putArray("shown");
              rows.shown().forEach(row -> shown.add(json(row)));
            });
    return node;
  }

  private static ObjectNode json(ShownRow row) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("id", row.id());
    ArrayNode tokens = node.putArray("tokens");
    for (ShownRow.ShownToken token : row.tokens()) {
      tokens.addObject().put("id", token.id()).put("text", token.text()).put("loss", token.loss());
    }
    if (!row.labels().isEmpty()) {
      row.labels().forEach(node.putArray("labels")::add);
    }
    return node;
  }
}
