package org.plumbline.model.safetensors;

/**
 * float16 (IEEE 754 binary16) and bfloat16 (the upper half of binary32), rounded to nearest, ties
 * to even, as torch does. Java 17 has no conversion of its own.
 */
public final class HalfFloats {
  private static final int FLOAT_INFINITY = 0x7f80_0000;
  private static final int QUIET_BIT = 0x0040_0000;
  private static final float HALF_SUBNORMAL_STEP = 0x1p-24f;

  private HalfFloats() {}

  /** The bfloat16 nearest to {@code value}; a NaN stays a NaN. */
  public static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fff_ffff) > FLOAT_INFINITY) {
      return (short) ((bits | QUIET_BIT) >>> 16);
    }
    int odd = (bits >>> 16) & 1;
    return (short) ((bits + 0x7fff + odd) >>> 16);
  }

  public static float fromBfloat16(short code) {
    return Float.intBitsToFloat(code << 16);
  }

  /** The float16 nearest to {@code value}; above 65,504 plus half a step it is infinite. */
  public static short toFloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fff_ffff;
    if (magnitude > FLOAT_INFINITY) {
      return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff));
    }
    if (magnitude >= 0x4780_0000) { // 2^16 and more
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x3880_0000) { // below 2^-14: subnormal, counted in steps of 2^-24
      return (short)
          (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) / HALF_SUBNORMAL_STEP));
    }
    int odd = (magnitude >>> 13) & 1;
    int rounded = magnitude + 0xfff + odd; // a carry may run into the exponent, as it should
    return (short) (sign | ((rounded >>> 13) - ((127 - 15) << 10)));
  }

  public static float fromFloat16(short code) {
    int sign = (code & 0x8000) << 16;
    int exponent = (code >>> 10) & 0x1f;
    int fraction = code & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * HALF_SUBNORMAL_STEP;
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
    }
    int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }
}
