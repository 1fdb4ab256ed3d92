package org.plumbline.pipeline.study;

import java.io.PrintStream;
import java.util.Locale;

/** A line per trial, with an estimate of what is left. */
final class StudyProgress {
  private final int total;
  private final PrintStream out;
  private int done;
  private int ran;
  private double seconds;

  StudyProgress(int total, PrintStream out) {
    this.total = total;
    this.out = out;
  }

  /** A trial that was finished before. */
  void passed() {
    done++;
  }

  /** A trial that ran now. */
  void ran(Study.Trial trial, String note, long nanoseconds) {
    done++;
    ran++;
    seconds += nanoseconds / 1e9;
    double left = seconds / ran * Math.max(0, total - done);
    out.printf(
        Locale.ROOT,
        "trial %d of at most %d: %s %s seed %d, %.0f s%s; at most %.0f min left%n",
        done,
        total,
        trial.arm().name(),
        trial.point().label(),
        trial.seed(),
        nanoseconds / 1e9,
        note.isEmpty() ? "" : ", " + note,
        left / 60);
  }
}
