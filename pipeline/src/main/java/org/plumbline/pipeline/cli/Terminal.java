package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.plumbline.model.ModelFormatException;
import org.plumbline.stage.StopSignal;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.KeyNames;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Output streams, stop signal and the one place where errors become text and exit codes.
 *
 * @param started true once work began: errors from then on end with 1 instead of 2
 * @param debug true to show stack traces
 */
record Terminal(
    PrintStream out, PrintStream err, StopSignal stop, AtomicBoolean started, AtomicBoolean debug) {
  static final int REFUSED = 2;
  static final int FAILED = 1;

  Terminal(PrintStream out, PrintStream err, StopSignal stop) {
    this(out, err, stop, new AtomicBoolean(), new AtomicBoolean());
  }

  /** From here on a failure is one of the work, not of the request. */
  void workBegins() {
    started.set(true);
  }

  int usageError(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    err.println("error: " + e.getMessage());
    Optional<String> near = nearestCommand(e);
    if (near.isPresent()) {
      err.println("Did you mean: " + near.get() + "?");
    } else if (!CommandLine.UnmatchedArgumentException.printSuggestions(
        e, new java.io.PrintWriter(err, true, java.nio.charset.StandardCharsets.UTF_8))) {
      err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return REFUSED;
  }

  private static Optional<String> nearestCommand(ParameterException e) {
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      return KeyNames.nearest(
          unmatched.getUnmatched().get(0), e.getCommandLine().getSubcommands().keySet());
    }
    return Optional.empty();
  }

  int failure(Exception e, CommandLine command, ParseResult result) {
    if (e instanceof StoppedException) {
      err.println(e.getMessage());
      return StopSignal.EXIT_CODE;
    }
    err.println("error: " + text(e));
    if (debug.get()) {
      e.printStackTrace(err);
    } else if (!expected(e)) {
      err.println("This is likely a defect in Plumbline; --debug shows where it happened.");
    }
    return started.get() ? FAILED : REFUSED;
  }

  /** What no command goes on from: the heap is full, or a native library does not load. */
  int fatal(Error e) {
    err.println(
        e instanceof OutOfMemoryError
            ? "error: out of memory (%s). Try a larger heap, such as PLUMBLINE_HEAP=4g, or a smaller input or batch."
                .formatted(e.getMessage())
            : "error: a library cannot be loaded: %s. Is this operating system and processor supported?"
                .formatted(e));
    if (debug.get()) {
      e.printStackTrace(err);
    }
    return FAILED;
  }

  private static boolean expected(Throwable e) {
    return e instanceof UserException
        || e instanceof ModelFormatException
        || e instanceof ArithmeticException
        || e instanceof IllegalArgumentException
        || e instanceof IOException
        || e instanceof UncheckedIOException;
  }

  private static String text(Throwable e) {
    String message = e.getMessage();
    if (e instanceof UncheckedIOException && e.getCause() != null) {
      return message + ": " + text(e.getCause());
    }
    if (e instanceof java.nio.file.NoSuchFileException) {
      return message + " does not exist";
    }
    if (message == null || message.isBlank()) {
      return e.getClass().getSimpleName();
    }
    return expected(e) ? message : e.getClass().getSimpleName() + ": " + message;
  }
}
