package org.plumbline.evaluation.report;

import java.util.Optional;
import org.plumbline.evaluation.chart.Digits;
import org.plumbline.stage.statistics.Interval;

/** Estimates in words. */
final class Shown {
  private Shown() {}

  /** {@code 48.7 % (45.2–52.1)}. */
  static String share(Interval interval) {
    return Digits.percent(interval.value()) + around(shareRange(interval));
  }

  /** {@code 4.31 (4.02–4.6)}. */
  static String number(Interval interval) {
    return Digits.of(interval.value()) + around(range(interval));
  }

  /** The ends of a share's interval, in percent; empty for an exact number. */
  static String shareRange(Interval interval) {
    return known(interval)
        ? bare(Digits.percent(interval.low())) + " – " + bare(Digits.percent(interval.high()))
        : "";
  }

  /** The ends of an interval; empty for an exact number. */
  static String range(Interval interval) {
    return known(interval) ? Digits.of(interval.low()) + " – " + Digits.of(interval.high()) : "";
  }

  /** A change of a share, in points: {@code +29.1 points}. */
  static String points(Interval change) {
    return (change.value() > 0 ? "+" : "") + bare(Digits.percent(change.value())) + " points";
  }

  static String shareOrDash(Optional<Interval> interval) {
    return interval.map(Shown::share).orElse("–");
  }

  static String numberOrDash(Optional<Interval> interval) {
    return interval.map(Shown::number).orElse("–");
  }

  private static boolean known(Interval interval) {
    return Double.isFinite(interval.low()) && interval.low() != interval.high();
  }

  private static String around(String range) {
    return range.isEmpty() ? "" : " (" + range + ")";
  }

  private static String bare(String percent) {
    return percent.replace(Digits.PERCENT, "");
  }
}
