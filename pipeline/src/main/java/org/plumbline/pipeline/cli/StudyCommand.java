package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.plumbline.evaluation.report.StudyOutline;
import org.plumbline.evaluation.report.StudyReport;
import org.plumbline.pipeline.StageCatalog;
import org.plumbline.pipeline.study.Study;
import org.plumbline.pipeline.study.StudyReader;
import org.plumbline.pipeline.study.StudyRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline study}. */
@Command(
    name = "study",
    mixinStandardHelpOptions = true,
    description =
        "Run the same stages with other settings and seeds, and put them side by side; goes on where it was stopped.")
final class StudyCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final StageCatalog catalog;

  @Mixin private RecipeOptions study = new RecipeOptions();

  @Option(names = "--output", paramLabel = "DIR", description = "folder of all runs")
  private @Nullable String output;

  @Mixin private ResultOptions results = new ResultOptions();

  StudyCommand(Terminal terminal, StageCatalog catalog) {
    this.terminal = terminal;
    this.catalog = catalog;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    Study read = new StudyReader(catalog).read(study.path(), study.overrides(output));
    StudyRun run = new StudyRun(read, terminal.stop(), text);
    run.check();
    StudyOutline outline = run.run(terminal::workBegins);
    StudyReport.Written written =
        StudyReport.write(read.folder().path(), outline, "plumbline study " + study.path());
    print(written, text);
    results.print(terminal, json(written));
    return 0;
  }

  /** One arm after the other: tables of ten columns and more do not fit a terminal. */
  private static void print(StudyReport.Written written, PrintStream text) {
    int widest = written.head().stream().mapToInt(String::length).max().orElse(0);
    for (List<String> row : written.rows()) {
      text.println();
      for (int i = 0; i < row.size(); i++) {
        if (!row.get(i).isEmpty()) {
          text.println(
              written.head().get(i)
                  + " ".repeat(widest + 2 - written.head().get(i).length())
                  + row.get(i));
        }
      }
    }
    text.println();
    text.println("Report: " + written.page());
  }

  private static ObjectNode json(StudyReport.Written written) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("report", written.page().toString());
    ArrayNode arms = root.putArray("arms");
    for (List<String> row : written.rows()) {
      ObjectNode arm = arms.addObject();
      for (int i = 0; i < row.size(); i++) {
        arm.put(written.head().get(i), row.get(i));
      }
    }
    return root;
  }
}
