package org.plumbline.model.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.TensorCarrier;

/** Prints nanoseconds per weight for one MLP matrix of a 7B model; docs/measurements.md. */
@Tag("long")
class UnpackSpeedTest {
  private static final int ROWS = 11_008;
  private static final int COLUMNS = 4_096;

  @ParameterizedTest
  @EnumSource
  void onePassOverAMatrix(Scheme scheme) {
    try (NDManager manager = Engine.manager("cpu");
        TensorCarrier carrier = new TensorCarrier(manager);
        Quantizer quantizer = new Quantizer(manager)) {
      Quantized packed;
      try (NDManager scope = manager.newSubManager()) {
        NDArray matrix = carrier.unfilled(scope, ROWS, COLUMNS, DType.BF16);
        carrier.place(matrix, scope.randomNormal(matrix.getShape()), 0);
        long start = System.nanoTime();
        packed = quantizer.pack(manager, matrix, scheme, 64, true);
        report(scheme, "packed", System.nanoTime() - start);
      }
      for (DType dtype : new DType[] {DType.BF16, DType.F32}) {
        long least = Long.MAX_VALUE;
        try (NDArray out = carrier.unfilled(manager, ROWS, COLUMNS, dtype)) {
          for (int repeat = 0; repeat < 9; repeat++) {
            long start = System.nanoTime();
            quantizer.unpackInto(out, packed);
            least = Math.min(least, System.nanoTime() - start);
          }
        }
        assertThat(report(scheme, "unpacked into " + dtype.torchName(), least)).isLessThan(20);
      }
    }
  }

  private static double report(Scheme scheme, String what, long nanos) {
    double each = nanos / (double) ROWS / COLUMNS;
    System.out.printf(
        Locale.ROOT,
        "%s %s, %d threads: %.2f ns a weight%n",
        scheme.label(),
        what,
        Engine.threads(),
        each);
    return each;
  }
}
