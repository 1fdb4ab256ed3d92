package org.plumbline.stage.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks for compact constructors of config records. Names are dotted YAML keys; a message is
 * {@code name=value} and the rule it breaks.
 *
 * <p>In code a broken rule throws at once. While {@link ConfigReader} builds a record the message
 * is noted instead and the constructor goes on, so that a user sees every broken rule of a section.
 */
public final class Check {
  private static final ThreadLocal<@Nullable List<String>> NOTED = new ThreadLocal<>();

  private Check() {}

  /** value &gt; 0. */
  public static void positive(String name, long value) {
    that(value > 0, () -> name + "=" + value + " must be positive");
  }

  /** value &gt; 0 and finite. */
  public static void positive(String name, double value) {
    that(
        value > 0 && Double.isFinite(value), () -> name + "=" + shown(value) + " must be positive");
  }

  /** value ≥ 0. */
  public static void nonNegative(String name, long value) {
    that(value >= 0, () -> name + "=" + value + " must not be negative");
  }

  /** value ≥ 0 and finite. */
  public static void nonNegative(String name, double value) {
    that(
        value >= 0 && Double.isFinite(value),
        () -> name + "=" + shown(value) + " must not be negative");
  }

  /** 0 ≤ value ≤ 1. */
  public static void unitInterval(String name, double value) {
    that(value >= 0 && value <= 1, () -> name + "=" + shown(value) + " must lie between 0 and 1");
  }

  /** 0 ≤ value &lt; 1, such as a dropout. */
  public static void fraction(String name, double value) {
    that(
        value >= 0 && value < 1,
        () -> name + "=" + shown(value) + " must be at least 0 and below 1");
  }

  /** value ≥ least. */
  public static void atLeast(String name, long value, long least) {
    that(value >= least, () -> name + "=" + value + " must be at least " + least);
  }

  /** value ≥ least. */
  public static void atLeast(String name, double value, double least) {
    that(value >= least, () -> name + "=" + shown(value) + " must be at least " + shown(least));
  }

  /** value ≤ most. */
  public static void atMost(String name, long value, long most) {
    that(value <= most, () -> name + "=" + value + " must be at most " + most);
  }

  /** value ≤ most. */
  public static void atMost(String name, double value, double most) {
    that(value <= most, () -> name + "=" + shown(value) + " must be at most " + shown(most));
  }

  /** value ≤ another key's value. */
  public static void atMost(String name, double value, String otherName, double other) {
    that(
        value <= other,
        () -> "%s=%s must be at most %s=%s".formatted(name, shown(value), otherName, shown(other)));
  }

  /** multiple is a whole multiple of divisor. */
  public static void divides(String name, long divisor, String multipleName, long multiple) {
    that(
        divisor != 0 && multiple % divisor == 0,
        () -> "%s=%d does not divide %s=%d".formatted(name, divisor, multipleName, multiple));
  }

  /** value is one of the allowed ones. */
  public static void oneOf(String name, String value, String... allowed) {
    oneOf(name, value, Arrays.asList(allowed));
  }

  /** value is one of the allowed ones; the nearest is suggested. */
  public static void oneOf(String name, String value, Collection<String> allowed) {
    that(
        allowed.contains(value),
        () ->
            "%s=%s must be one of %s%s"
                .formatted(
                    name,
                    value,
                    String.join(", ", allowed),
                    KeyNames.nearest(value, allowed)
                        .map(n -> "; did you mean " + n + "?")
                        .orElse("")));
  }

  /** The text holds more than white space. */
  public static void notBlank(String name, String value) {
    that(!value.isBlank(), () -> name + "=\"" + value + "\" must not be blank");
  }

  /** The list has an item. */
  public static void notEmpty(String name, Collection<?> values) {
    that(!values.isEmpty(), () -> name + "=[] must not be empty");
  }

  /** Any other rule; the message should read {@code name=value} and the rule. */
  public static void that(boolean holds, Supplier<String> message) {
    if (holds) {
      return;
    }
    List<String> noted = NOTED.get();
    if (noted == null) {
      throw new IllegalArgumentException(message.get());
    }
    noted.add(message.get());
  }

  /** Runs a constructor and returns what its checks noted; nested calls keep apart. */
  static List<String> noting(Runnable constructor) {
    List<String> outer = NOTED.get();
    List<String> own = new ArrayList<>();
    NOTED.set(own);
    try {
      constructor.run();
    } finally {
      if (outer == null) {
        NOTED.remove();
      } else {
        NOTED.set(outer);
      }
    }
    return own;
  }

  private static String shown(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
