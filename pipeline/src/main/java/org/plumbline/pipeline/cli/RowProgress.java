package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import org.plumbline.stage.ConsoleProgress;
import org.plumbline.stage.Progress;

/** Shows how many rows are done, once they are so many that one might wait. */
final class RowProgress implements AutoCloseable {
  private static final int QUIET = 10_000;
  private static final int EVERY = 1000;

  private final String task;
  private final PrintStream out;
  private final long start = System.nanoTime();
  private @Nullable Progress shown;
  private long rows;

  RowProgress(String task, PrintStream out) {
    this.task = task;
    this.out = out;
  }

  void step() {
    rows++;
    if (rows >= QUIET && rows % EVERY == 0) {
      show();
    }
  }

  private void show() {
    if (shown == null) {
      shown = ConsoleProgress.start(task, 0, out);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    shown.to(rows, "%.0f rows/s".formatted(rows / seconds));
  }

  @Override
  public void close() {
    if (shown != null) {
      show();
      shown.close();
    }
  }
}
