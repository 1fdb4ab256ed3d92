package org.plumbline.testing;

import java.util.Locale;
import org.assertj.core.api.AbstractAssert;

/**
 * Closeness of number arrays: |actual − expected| ≤ absolute + relative · |expected| everywhere. A
 * failure names the worst index, how far it is out, and how many values are.
 */
public final class FloatAssert extends AbstractAssert<FloatAssert, double[]> {
  private FloatAssert(double[] actual) {
    super(actual, FloatAssert.class);
  }

  /** Starts an assertion over float32 values. */
  public static FloatAssert assertNumbers(float... actual) {
    return new FloatAssert(widen(actual));
  }

  /** Starts an assertion over float64 values. */
  public static FloatAssert assertNumbers(double... actual) {
    return new FloatAssert(actual.clone());
  }

  /** See {@link #isCloseTo(double[], double, double)}. */
  public FloatAssert isCloseTo(float[] expected, double absolute, double relative) {
    return isCloseTo(widen(expected), absolute, relative);
  }

  /** Passes when every value lies within the tolerance; equal infinities and two NaNs are close. */
  public FloatAssert isCloseTo(double[] expected, double absolute, double relative) {
    isNotNull();
    if (actual.length != expected.length) {
      failWithMessage("found %s values, expected %s", actual.length, expected.length);
    }
    int worst = -1;
    int outside = 0;
    double worstExcess = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < expected.length; i++) {
      double excess = excess(actual[i], expected[i], absolute, relative);
      outside += excess > 0 ? 1 : 0;
      if (excess > worstExcess) {
        worstExcess = excess;
        worst = i;
      }
    }
    if (outside > 0) {
      failWithMessage(
          "%s",
          String.format(
              Locale.ROOT,
              "%d of %d values out of tolerance (absolute %s, relative %s); worst at [%d]:"
                  + " %s, expected %s, difference %.3g",
              outside,
              expected.length,
              absolute,
              relative,
              worst,
              actual[worst],
              expected[worst],
              Math.abs(actual[worst] - expected[worst])));
    }
    return this;
  }

  /** How far the difference exceeds the tolerance; zero or less when within. */
  private static double excess(double actual, double expected, double absolute, double relative) {
    if (Double.compare(actual, expected) == 0) {
      return Double.NEGATIVE_INFINITY;
    }
    double difference = Math.abs(actual - expected);
    double allowed = absolute + relative * Math.abs(expected);
    boolean finite = Double.isFinite(actual) && Double.isFinite(expected);
    return finite ? difference - allowed : Double.POSITIVE_INFINITY;
  }

  private static double[] widen(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
