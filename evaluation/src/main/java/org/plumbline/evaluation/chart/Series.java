package org.plumbline.evaluation.chart;

import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Points of one colour; pairs with a value that is no number are left out. */
public record Series(String name, double[] x, double[] y) {
  public Series {
    int[] kept = IntStream.range(0, Math.min(x.length, y.length)).filter(isNumber(x, y)).toArray();
    double[] keptX = IntStream.of(kept).mapToDouble(at(x)).toArray();
    double[] keptY = IntStream.of(kept).mapToDouble(at(y)).toArray();
    x = keptX;
    y = keptY;
  }

  private static IntPredicate isNumber(double[] x, double[] y) {
    return i -> Double.isFinite(x[i]) && Double.isFinite(y[i]);
  }

  private static IntToDoubleFunction at(double[] values) {
    return i -> values[i];
  }

  /** Number of points. */
  public int size() {
    return x.length;
  }

  /** The last value. */
  public double last() {
    return y[y.length - 1];
  }

  /** At most so many points: means of equal runs, the last point kept as it is. */
  Series thinned(int most) {
    if (size() <= most) {
      return this;
    }
    double[] meanX = new double[most];
    double[] meanY = new double[most];
    for (int i = 0; i < most; i++) {
      int from = (int) ((long) i * size() / most);
      int to = (int) ((long) (i + 1) * size() / most);
      meanX[i] = IntStream.range(from, to).mapToDouble(at(x)).average().orElseThrow();
      meanY[i] = IntStream.range(from, to).mapToDouble(at(y)).average().orElseThrow();
    }
    meanX[most - 1] = x[size() - 1];
    meanY[most - 1] = y[size() - 1];
    return new Series(name, meanX, meanY);
  }

  /** A centred moving average over {@code 2 half + 1} points, one-sided at the ends. */
  Series smoothed(int half) {
    double[] mean = new double[size()];
    for (int i = 0; i < size(); i++) {
      int from = Math.max(0, i - half);
      int to = Math.min(size() - 1, i + half);
      mean[i] = IntStream.rangeClosed(from, to).mapToDouble(at(y)).average().orElse(0);
    }
    return new Series(name, x, mean);
  }
}
