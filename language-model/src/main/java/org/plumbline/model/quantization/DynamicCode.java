package org.plumbline.model.quantization;

import java.util.Arrays;

/**
 * The 8-bit dynamic code (Dettmers et al. 2022, section 2): 256 values in [-1, 1] or [0, 1] whose
 * leading zeros say the power of ten and whose other bits are an even fraction, as {@code
 * create_dynamic_map} of bitsandbytes lists them.
 */
public final class DynamicCode {
  private static final int POWERS = 7;
  private static final float[] SIGNED = table(true);
  private static final float[] UNSIGNED = table(false);

  private DynamicCode() {}

  /** For values of both signs, ascending. */
  public static float[] signed() {
    return SIGNED.clone();
  }

  /** For values that are never negative, ascending. */
  public static float[] unsigned() {
    return UNSIGNED.clone();
  }

  /** Where one level gives way to the next: the middles between neighbours of an ascending code. */
  public static float[] bounds(float[] levels) {
    float[] bounds = new float[levels.length - 1];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = (levels[i] + levels[i + 1]) / 2;
    }
    return bounds;
  }

  private static float[] table(boolean signed) {
    float[] values = new float[256];
    int count = 0;
    for (int power = 0; power < POWERS; power++) {
      float scale = (float) Math.pow(10, power - (POWERS - 1));
      int fractions = 1 << (signed ? power : power + 1);
      for (int i = 0; i < fractions; i++) {
        float mean = (tenthToOne(i, fractions) + tenthToOne(i + 1, fractions)) / 2;
        values[count++] = scale * mean;
        if (signed) {
          values[count++] = -scale * mean;
        }
      }
    }
    values[count++] = 0;
    values[count++] = 1;
    if (count != values.length) {
      throw new AssertionError(count + " levels");
    }
    Arrays.sort(values);
    return values;
  }

  /** Point {@code i} of {@code parts} even steps from 0.1 to 1, rounded as torch.linspace does. */
  private static float tenthToOne(int i, int parts) {
    float step = (1f - 0.1f) / parts;
    return i < (parts + 1) / 2 ? Math.fma(step, i, 0.1f) : Math.fma(-step, parts - i, 1f);
  }
}
