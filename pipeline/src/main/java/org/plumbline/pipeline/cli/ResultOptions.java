package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import org.plumbline.stage.Json;
import picocli.CommandLine.Option;

/** Options of every command that prints results. */
final class ResultOptions {
  @Option(
      names = "--json",
      description = "print the result as one JSON object on stdout, all else on stderr")
  private boolean json;

  @Option(names = "--debug", description = "show stack traces")
  private boolean debug;

  /** Where text for people goes: stdout, unless it is kept for the JSON object. */
  PrintStream text(Terminal terminal) {
    terminal.debug().set(debug);
    return json ? terminal.err() : terminal.out();
  }

  /** Prints the result if it was asked for as JSON; {@link #text} has it in words. */
  void print(Terminal terminal, Object result) {
    if (json) {
      terminal.out().println(Json.line(result));
    }
  }
}
