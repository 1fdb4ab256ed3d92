package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.chat.ChatTemplate;
import org.plumbline.model.chat.ChatTemplates;
import org.plumbline.model.chat.jinja.TemplateException;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLineReader;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline render}. */
@Command(
    name = "render",
    mixinStandardHelpOptions = true,
    description = {
      "Write conversations as a chat template spells them.",
      "Rows {\"messages\", \"tools\"?, \"add_generation_prompt\"?, \"continue_final_message\"?};",
      "any other key is a variable of the template."
    })
final class RenderCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ArgGroup(multiplicity = "1")
  private Source source = new Source();

  @Option(
      names = "--now",
      paramLabel = "DATE",
      description = "the date for templates that ask for it, such as 2026-11-21; default today")
  private @Nullable String now;

  @Option(names = "--input", required = true, paramLabel = "FILE")
  private Path input = Path.of("");

  @Option(names = "--output", required = true, paramLabel = "FILE")
  private Path output = Path.of("");

  @Mixin private ResultOptions results = new ResultOptions();

  RenderCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Where the template comes from: one of the two. */
  static final class Source {
    @Option(names = "--template", paramLabel = "FILE", description = "a Jinja file")
    private @Nullable Path template;

    @Option(
        names = "--model",
        paramLabel = "DIR",
        description = "a model folder; rows get \"input_ids\" and \"assistant_mask\" too")
    private @Nullable Path model;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream text = results.text(terminal);
    Clock clock = clock();
    try (Renderer renderer = renderer(clock)) {
      int[] counts = new int[2];
      JsonLines.write(output, sink -> renderAll(renderer, sink, counts));
      text.printf("%d rows, %d of them refused: %s%n", counts[0], counts[1], output);
      results.print(
          terminal, Map.of("rows", counts[0], "refused", counts[1], "output", output.toString()));
      return 0;
    }
  }

  private Clock clock() {
    if (now == null) {
      return Clock.system(ZoneId.systemDefault());
    }
    try {
      LocalDateTime time =
          now.contains("T") ? LocalDateTime.parse(now) : LocalDate.parse(now).atStartOfDay();
      return Clock.fixed(time.toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw new UserException(
          "--now %s is no date; needed: such as 2026-11-21 or 2026-11-21T09:30:00".formatted(now),
          e);
    }
  }

  private Renderer renderer(Clock clock) throws IOException {
    if (source.template != null) {
      return new Renderer(template(source.template, clock), Optional.empty());
    }
    Path named = source.model == null ? Path.of("") : source.model;
    Path folder =
        !ModelBundle.isAdapter(named) || ChatTemplates.hasOwn(named)
            ? named
            : ModelBundle.textFolder(ModelBundle.baseOf(named), named);
    TextTokenizer tokenizer = TextTokenizer.open(folder);
    try {
      ChatTemplate template = ChatTemplates.forFolder(folder, tokenizer, clock);
      return new Renderer(template, Optional.of(tokenizer));
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static ChatTemplate template(Path file, Clock clock) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new UserException(file + " is no file; needed: a chat template in Jinja");
    }
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return ChatTemplates.ofJinja(text, Json.mapper().createObjectNode(), clock);
    } catch (TemplateException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  private void renderAll(Renderer renderer, JsonLines.RowSink sink, int[] counts)
      throws IOException {
    try (JsonLineReader reader = JsonLineReader.open(input)) {
      boolean more = true;
      while (more) {
        ObjectNode result;
        try {
          JsonRow row = reader.next();
          more = row != null;
          if (row == null) {
            break;
          }
          result = renderer.render(row);
        } catch (UserException | IllegalArgumentException | ModelFormatException e) {
          if (e.getCause() instanceof EOFException || e.getCause() instanceof ZipException) {
            throw e; // behind a break in gzip data there are no rows to go on with
          }
          result = Json.mapper().createObjectNode().put("error", e.getMessage());
          counts[1]++;
        }
        sink.write(result);
        counts[0]++;
      }
    }
  }
}
