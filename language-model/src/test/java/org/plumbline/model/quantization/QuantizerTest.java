package org.plumbline.model.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.Gaussians;
import org.plumbline.model.tensor.TensorCarrier;

/** What packing keeps, costs and refuses. */
class QuantizerTest {
  private NDManager manager;
  private TensorCarrier carrier;
  private Quantizer quantizer;

  @BeforeEach
  void open() {
    manager = Engine.manager("cpu");
    carrier = new TensorCarrier(manager);
    quantizer = new Quantizer(manager);
  }

  @AfterEach
  void close() {
    quantizer.close();
    carrier.close();
    manager.close();
  }

  private NDArray normal(int rows, int columns) {
    float[] values = new float[rows * columns];
    Gaussians.fill(values, 0.02, new SplittableRandom(3));
    return manager.create(values, new Shape(rows, columns));
  }

  @Test
  void qloraTakesFourBitsAndAnEighthPerWeight() {
    NDArray matrix = normal(512, 512);
    Quantized doubled = quantizer.pack(manager, matrix, Scheme.NF4, 64, true);
    Quantized plain = quantizer.pack(manager, matrix, Scheme.NF4, 64, false);
    // Dettmers et al. 2023, section 3: 8/64 + 32/(64 · 256) bits instead of 32/64 for the scales.
    assertThat(doubled.bytes() * 8.0 / (512 * 512)).isCloseTo(4.127, within(1e-3));
    assertThat(plain.bytes() * 8.0 / (512 * 512)).isEqualTo(4.5);
    assertThat(quantizer.pack(manager, matrix, Scheme.INT8, 0, false).bytes())
        .isEqualTo(512 * 512 + 512 * 4);
  }

  @Test
  void normalWeightsComeBackNearly() {
    NDArray matrix = normal(512, 512);
    assertThat(error(matrix, Scheme.NF4)).isBetween(0.08, 0.10);
    assertThat(error(matrix, Scheme.FP4)).isBetween(error(matrix, Scheme.NF4), 0.14);
    assertThat(error(matrix, Scheme.INT8)).isLessThan(0.01);
  }

  /** Relative error of the root mean square. */
  private double error(NDArray matrix, Scheme scheme) {
    Quantized packed = quantizer.pack(manager, matrix, scheme, 64, true);
    float[] before = matrix.toFloatArray();
    float[] after = quantizer.unpack(manager, packed, DType.F32).toFloatArray();
    double wrong = 0;
    double all = 0;
    for (int i = 0; i < before.length; i++) {
      wrong += Math.pow(before[i] - after[i], 2);
      all += Math.pow(before[i], 2);
    }
    return Math.sqrt(wrong / all);
  }

  /** More values than one chunk of either loop, and no whole number of blocks. */
  @Test
  void chunksChangeNothing() {
    int columns = 1023;
    NDArray matrix = normal(1030, columns);
    Quantized all = quantizer.pack(manager, matrix, Scheme.NF4, 64, false);
    float[] values = quantizer.unpack(manager, all, DType.F32).toFloatArray();
    // 64 rows are a whole number of blocks: the part alone gives what it gave in the whole.
    for (int start : new int[] {0, 512, 960, 1024}) {
      int end = Math.min(start + 64, 1030);
      NDArray part = matrix.get("%d:%d".formatted(start, end));
      Quantized alone = quantizer.pack(manager, part, Scheme.NF4, 64, false);
      float[] again = quantizer.unpack(manager, alone, DType.F32).toFloatArray();
      assertThat(again)
          .isEqualTo(java.util.Arrays.copyOfRange(values, start * columns, end * columns));
    }
  }

  @ParameterizedTest
  @EnumSource
  void bfloat16IsTheFloat32ValueRoundedOnce(Scheme scheme) {
    Quantized packed = quantizer.pack(manager, normal(40, 70), scheme, 64, true);
    float[] wide = quantizer.unpack(manager, packed, DType.F32).toFloatArray();
    NDArray narrow = quantizer.unpack(manager, packed, DType.BF16);
    NDArray rounded = manager.create(wide, new Shape(40, 70));
    assertThat(carrier.toBytes(narrow, DType.BF16)).isEqualTo(carrier.toBytes(rounded, DType.BF16));
  }

  @ParameterizedTest
  @EnumSource
  void anArrayThatIsThereIsFilled(Scheme scheme) {
    Quantized packed = quantizer.pack(manager, normal(40, 70), scheme, 64, true);
    NDArray out = manager.ones(new Shape(40, 70));
    quantizer.unpackInto(out, packed);
    assertThat(out.toFloatArray())
        .isEqualTo(quantizer.unpack(manager, packed, DType.F32).toFloatArray());
  }

  @ParameterizedTest
  @EnumSource
  void aMatrixOfZerosStaysOne(Scheme scheme) {
    NDArray zeros = manager.zeros(new Shape(3, 50));
    Quantized packed = quantizer.pack(manager, zeros, scheme, 64, true);
    assertThat(quantizer.unpack(manager, packed, DType.F32).toFloatArray()).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoNumberIsRefused(Scheme scheme) {
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      NDArray matrix = normal(2, 64);
      matrix.set(new ai.djl.ndarray.index.NDIndex("1, 3"), bad);
      assertThatThrownBy(() -> quantizer.pack(manager, matrix, scheme, 64, true))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("infinite or no numbers");
    }
  }

  @Test
  void anotherBlockSizeIsRefused() {
    assertThatThrownBy(() -> quantizer.pack(manager, normal(2, 64), Scheme.NF4, 48, true))
        .hasMessageContaining("block=48 is no block size of bitsandbytes")
        .hasMessageContaining("4096");
  }

  @Test
  void schemesHaveTheNamesOfTheField() {
    assertThat(Scheme.of("nf4")).contains(Scheme.NF4);
    assertThat(Scheme.of("int8")).contains(Scheme.INT8);
    assertThat(Scheme.of("NF4")).isEmpty();
    assertThat(Scheme.of("gptq")).isEmpty();
  }
}
