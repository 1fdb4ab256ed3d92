package org.plumbline.model.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** Python's arithmetic: integers without bound (up to a limit), floats, and booleans as 0 and 1. */
final class Numbers {
  private static final int MAX_BITS = 1 << 12;
  private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

  private Numbers() {}

  static boolean isNumber(Object value) {
    return isInteger(value) || value instanceof Double;
  }

  /** Whether the value is an int to Python, booleans included. */
  static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
  }

  static BigInteger big(Object integer) {
    if (integer instanceof Boolean truth) {
      return truth ? BigInteger.ONE : BigInteger.ZERO;
    }
    return integer instanceof Long number ? BigInteger.valueOf(number) : (BigInteger) integer;
  }

  static double real(Object number) {
    return number instanceof Double real ? real : big(number).doubleValue();
  }

  /** The int as a Long where it fits. */
  static Object normal(BigInteger value) {
    if (value.bitLength() > MAX_BITS) {
      throw PythonError.limit("an integer grows beyond %d bits", MAX_BITS);
    }
    boolean fits = value.compareTo(MIN_LONG) >= 0 && value.compareTo(MAX_LONG) <= 0;
    return fits ? (Object) value.longValue() : value;
  }

  /** An int that counts or places something; far too large ones become the largest. */
  static int index(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (!isInteger(value)) {
      throw PythonError.type("'%s' object cannot be interpreted as an integer", Types.name(value));
    }
    BigInteger most = BigInteger.valueOf(Integer.MAX_VALUE);
    return big(value).min(most).max(most.negate()).intValue();
  }

  /**
   * Applies an operator to two numbers.
   *
   * @param operator one of {@code + - * / // % **}
   */
  static Object apply(String operator, Object left, Object right) {
    if (isInteger(left) && isInteger(right)) {
      return integers(operator, left, right);
    }
    return reals(operator, real(left), real(right));
  }

  private static Object integers(String operator, Object left, Object right) {
    BigInteger a = big(left);
    BigInteger b = big(right);
    return switch (operator) {
      case "+" -> normal(a.add(b));
      case "-" -> normal(a.subtract(b));
      case "*" -> normal(a.multiply(b));
      case "/" -> quotient(a, b);
      case "//" -> floorDivide(a, b);
      case "%" -> normal(a.subtract(big(floorDivide(a, b)).multiply(b)));
      default -> power(a, b);
    };
  }

  private static Object quotient(BigInteger a, BigInteger b) {
    if (b.signum() == 0) {
      throw PythonError.zeroDivision("division by zero");
    }
    MathContext enough = new MathContext(40);
    return new BigDecimal(a).divide(new BigDecimal(b), enough).doubleValue();
  }

  private static Object floorDivide(BigInteger a, BigInteger b) {
    if (b.signum() == 0) {
      throw PythonError.zeroDivision("integer division or modulo by zero");
    }
    BigInteger[] parts = a.divideAndRemainder(b);
    boolean below = parts[1].signum() != 0 && parts[1].signum() != b.signum();
    return normal(below ? parts[0].subtract(BigInteger.ONE) : parts[0]);
  }

  private static Object power(BigInteger a, BigInteger b) {
    if (b.signum() < 0) {
      return reals("**", a.doubleValue(), b.doubleValue());
    }
    if ((double) a.bitLength() * b.doubleValue() > MAX_BITS + a.bitLength()) {
      if (a.bitLength() > 1) {
        throw PythonError.limit("an integer grows beyond %d bits", MAX_BITS);
      }
      return normal(a.pow(b.testBit(0) ? 1 : 2)); // -1, 0 or 1, however often
    }
    return normal(a.pow(b.intValue()));
  }

  private static Object reals(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "**" -> power(a, b);
      default -> divided(operator, a, b);
    };
  }

  private static Object divided(String operator, double a, double b) {
    if (b == 0) {
      throw PythonError.zeroDivision(
          operator.equals("/") ? "float division by zero" : "float floor division by zero");
    }
    return operator.equals("/") ? (Object) (a / b) : floored(operator, a, b);
  }

  private static Object floored(String operator, double a, double b) {
    double remainder = a % b;
    if (remainder == 0) {
      remainder = Math.copySign(0, b);
    } else if (remainder < 0 != b < 0) {
      remainder += b;
    }
    if (operator.equals("%")) {
      return remainder;
    }
    double quotient = (a - remainder) / b;
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static Object power(double a, double b) {
    if (a == 0 && b < 0) {
      throw PythonError.zeroDivision("0.0 cannot be raised to a negative power");
    }
    double result = Math.pow(a, b);
    if (Double.isNaN(result) && !Double.isNaN(a) && !Double.isNaN(b)) {
      throw PythonError.type("complex numbers are not supported");
    }
    if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw PythonError.overflow("Numerical result out of range");
    }
    return result;
  }

  /** The float's whole part as an int. */
  static Object truncated(double value) {
    if (Double.isNaN(value)) {
      throw PythonError.value("cannot convert float NaN to integer");
    }
    if (Double.isInfinite(value)) {
      throw PythonError.overflow("cannot convert float infinity to integer");
    }
    return normal(new BigDecimal(value).toBigInteger());
  }

  /** The character with this number. */
  static String character(Object value) {
    int point = index(value);
    if (!Character.isValidCodePoint(point)) {
      throw PythonError.overflow("%%c arg not in range(0x110000)");
    }
    return Character.toString(point);
  }

  static Object negative(Object number) {
    return number instanceof Double real ? (Object) (-real) : normal(big(number).negate());
  }

  static int compare(Object left, Object right) {
    if (isInteger(left) && isInteger(right)) {
      return left instanceof Long a && right instanceof Long b
          ? Long.compare(a, b)
          : big(left).compareTo(big(right));
    }
    double a = real(left);
    double b = real(right);
    if (!Double.isFinite(a) || !Double.isFinite(b)) {
      return Double.compare(a, b);
    }
    return exact(left).compareTo(exact(right));
  }

  private static BigDecimal exact(Object number) {
    return number instanceof Double real ? new BigDecimal(real) : new BigDecimal(big(number));
  }

  static boolean isNan(Object value) {
    return value instanceof Double real && real.isNaN();
  }
}
