package org.plumbline.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfFloatsTest {
  private static final int CODES = 1 << 16;

  @Test
  void everyFloat16CodeWidensToItsValueAndComesBack() {
    for (int code = 0; code < CODES; code++) {
      float wide = HalfFloats.fromFloat16((short) code);
      int exponent = (code >> 10) & 31;
      int fraction = code & 1023;
      double sign = code < 0x8000 ? 1 : -1;
      if (exponent == 31 && fraction != 0) {
        assertThat(wide).isNaN();
        assertThat(HalfFloats.fromFloat16(HalfFloats.toFloat16(wide))).isNaN();
        continue;
      }
      if (exponent == 31) {
        assertThat((double) wide).isEqualTo(sign / 0.0);
      } else {
        double magnitude =
            exponent == 0
                ? Math.scalb((double) fraction, -24)
                : Math.scalb(1024.0 + fraction, exponent - 25);
        assertThat((double) wide).isEqualTo(sign * magnitude);
      }
      assertThat(HalfFloats.toFloat16(wide)).isEqualTo((short) code);
    }
  }

  @Test
  void everyBfloat16CodeWidensToItsValueAndComesBack() {
    for (int code = 0; code < CODES; code++) {
      float wide = HalfFloats.fromBfloat16((short) code);
      assertThat(Float.floatToRawIntBits(wide)).isEqualTo(code << 16);
      short back = HalfFloats.toBfloat16(wide);
      if (Float.isNaN(wide)) {
        assertThat(HalfFloats.fromBfloat16(back)).isNaN();
      } else {
        assertThat(back).isEqualTo((short) code);
      }
    }
  }

  @Test
  void halfWayBetweenNeighboursTheEvenCodeWins() {
    for (int code = 0; code < 0x7bff; code++) {
      float low = HalfFloats.fromFloat16((short) code);
      float high = HalfFloats.fromFloat16((short) (code + 1));
      float middle = (low + high) / 2; // exact: float32 has bits to spare
      int even = code % 2 == 0 ? code : code + 1;
      assertThat(HalfFloats.toFloat16(middle)).isEqualTo((short) even);
      assertThat(HalfFloats.toFloat16(-middle)).isEqualTo((short) (even | 0x8000));
      assertThat(HalfFloats.toFloat16(Math.nextDown(middle))).isEqualTo((short) code);
      assertThat(HalfFloats.toFloat16(Math.nextUp(middle))).isEqualTo((short) (code + 1));
    }
    for (int code = 0; code < 0x7f7f; code++) {
      float middle = Float.intBitsToFloat((code << 16) | 0x8000);
      int even = code % 2 == 0 ? code : code + 1;
      assertThat(HalfFloats.toBfloat16(middle)).isEqualTo((short) even);
      assertThat(HalfFloats.toBfloat16(Math.nextDown(middle))).isEqualTo((short) code);
      assertThat(HalfFloats.toBfloat16(Math.nextUp(middle))).isEqualTo((short) (code + 1));
    }
  }

  @Test
  void whatIsTooLargeBecomesInfinite() {
    assertThat(HalfFloats.toFloat16(65519.996f)).isEqualTo((short) 0x7bff);
    assertThat(HalfFloats.toFloat16(65520f)).isEqualTo((short) 0x7c00);
    assertThat(HalfFloats.toFloat16(-Float.MAX_VALUE)).isEqualTo((short) 0xfc00);
    assertThat(HalfFloats.toFloat16(Float.POSITIVE_INFINITY)).isEqualTo((short) 0x7c00);
    assertThat(HalfFloats.toBfloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
  }
}
