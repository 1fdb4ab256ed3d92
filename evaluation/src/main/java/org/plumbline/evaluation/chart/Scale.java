package org.plumbline.evaluation.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * A linear axis with round ticks.
 *
 * @param low value at the near end
 * @param high value at the far end, above {@code low}
 */
record Scale(double low, double high, List<Double> ticks) {
  /** An axis that covers the values with about the given number of ticks at 1, 2 or 5 × 10ⁿ. */
  static Scale covering(double low, double high, int count) {
    if (!(high > low)) {
      double pad = low == 0 ? 1 : Math.abs(low) * 0.1;
      return covering(low - pad, low + pad, count);
    }
    double step = step((high - low) / count);
    double first = Math.floor(low / step + 1e-9) * step;
    double last = Math.ceil(high / step - 1e-9) * step;
    List<Double> ticks = new ArrayList<>();
    long steps = Math.round((last - first) / step);
    for (long i = 0; i <= steps; i++) {
      double tick = first + i * step;
      ticks.add(Math.abs(tick) < step * 1e-9 ? 0 : tick);
    }
    return new Scale(first, last, List.copyOf(ticks));
  }

  /** An axis whose ends are the values themselves, with round ticks between. */
  static Scale tight(double low, double high, int count) {
    Scale round = covering(low, high, count);
    return high > low
        ? new Scale(
            low, high, round.ticks.stream().filter(tick -> tick >= low && tick <= high).toList())
        : round;
  }

  private static double step(double raw) {
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double lead = raw / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  /** Where a value lies between two places on the paper. */
  double at(double value, double near, double far) {
    return near + (value - low) / (high - low) * (far - near);
  }
}
