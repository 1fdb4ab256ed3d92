package org.plumbline.stage;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Plain lines for logs: one per tenth of the work, or when five seconds (later a twentieth of the
 * time so far) have gone by without one; never more than one a second. The last state is always
 * shown.
 */
final class LineProgress implements Progress {
  private static final double QUIET_SECONDS = 5;
  private static final double LEAST_SECONDS = 1;

  private final String task;
  private final long total;
  private final PrintStream out;
  private final LongSupplier nanos;
  private final long start;
  private long done;
  private String note = "";
  private double shownAt;
  private long shownDone;

  LineProgress(String task, long total, PrintStream out, LongSupplier nanos) {
    this.task = task;
    this.total = total;
    this.out = out;
    this.nanos = nanos;
    this.start = nanos.getAsLong();
  }

  @Override
  public synchronized void to(long newDone, String newNote) {
    done = newDone;
    note = newNote;
    double now = seconds();
    double quiet = now - shownAt;
    boolean tenth = total > 0 && (done - shownDone) * 10 >= total;
    if (done > shownDone
        && quiet >= LEAST_SECONDS
        && (tenth || quiet >= Math.max(QUIET_SECONDS, now / 20))) {
      show(now);
    }
  }

  @Override
  public synchronized void close() {
    if (done > shownDone) {
      show(seconds());
    }
  }

  private void show(double now) {
    shownAt = now;
    shownDone = done;
    StringBuilder line = new StringBuilder(task).append(": ").append(done);
    if (total > 0) {
      line.append(String.format(Locale.ROOT, "/%d (%d %%)", total, done * 100 / total));
    }
    line.append(", ").append(duration(now)).append(" elapsed");
    if (total > done && done > 0) {
      line.append(", ").append(duration(now / done * (total - done))).append(" left");
    }
    if (!note.isEmpty()) {
      line.append(", ").append(note);
    }
    out.println(line);
  }

  private double seconds() {
    return (nanos.getAsLong() - start) / 1e9;
  }

  /** Such as {@code 42 s}, {@code 3 min 05 s}, {@code 2 h 10 min}. */
  static String duration(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return s + " s";
    }
    return s < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s % 3600 / 60);
  }
}
