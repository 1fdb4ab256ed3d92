package org.plumbline.stage;

import java.io.Console;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/** Progress for people: a bar that redraws itself on a terminal, plain lines elsewhere. */
public final class ConsoleProgress {
  private ConsoleProgress() {}

  /**
   * Starts a display on the given stream, a bar if the process has a terminal.
   *
   * @param total steps to do; 0 if unknown
   */
  public static Progress start(String task, long total, PrintStream out) {
    return start(task, total, out, isTerminal(), System::nanoTime);
  }

  /**
   * Starts a display of the kind asked for.
   *
   * @param terminal whether the stream can redraw a line
   * @param nanos clock of the plain lines
   */
  public static Progress start(
      String task, long total, PrintStream out, boolean terminal, LongSupplier nanos) {
    return terminal ? new BarProgress(task, total, out) : new LineProgress(task, total, out, nanos);
  }

  /** From Java 22 on there is a console without a terminal too, and it must be asked. */
  @SuppressWarnings("SystemConsoleNull")
  public static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true; // Java 17 to 21
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
