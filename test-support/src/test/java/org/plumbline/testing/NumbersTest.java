package org.plumbline.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.testing.FloatAssert.assertNumbers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumbersTest {
  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }

  @Test
  void nestedArraysAreFlattenedRowMajor() throws Exception {
    JsonNode node = json("[[1, 2, 3], [4, 5, 6]]");
    assertThat(JsonNumbers.floats(node)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(JsonNumbers.longs(node)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(JsonNumbers.ints(node)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(JsonNumbers.shape(node)).containsExactly(2, 3);
    assertThat(JsonNumbers.shape(json("[]"))).containsExactly(0);
    assertThat(JsonNumbers.shape(json("2.5"))).isEmpty();
  }

  @Test
  void nullIsTakenOnlyWhenItsMeaningIsGiven(@TempDir Path folder) throws Exception {
    JsonNode node = JsonNumbers.read(Files.writeString(folder.resolve("a.json"), "[0.5, null]"));
    assertThat(JsonNumbers.floats(node, Float.NEGATIVE_INFINITY))
        .containsExactly(0.5f, Float.NEGATIVE_INFINITY);
    assertThatThrownBy(() -> JsonNumbers.floats(node)).hasMessage("not a number: null");
  }

  @Test
  void whatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> JsonNumbers.longs(json("[1.5]")))
        .hasMessage("not a whole number: 1.5");
    assertThatThrownBy(() -> JsonNumbers.ints(json("[3000000000]")))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> JsonNumbers.doubles(json("{}")))
        .hasMessage("not an array of numbers: OBJECT");
    assertThatThrownBy(() -> JsonNumbers.doubles(json("{}").path("absent")))
        .hasMessage("not an array of numbers: MISSING");
    assertThatThrownBy(() -> JsonNumbers.shape(json("[[1, 2], [3]]")))
        .hasMessage("ragged array: shape [2, 2] but 3 numbers");
  }

  @Test
  void closenessTakesAbsoluteAndRelativeTolerance() {
    assertNumbers(1.00001f, 1000.1f).isCloseTo(new float[] {1, 1000}, 2e-5, 2e-4);
    assertNumbers(Double.NaN, Double.POSITIVE_INFINITY)
        .isCloseTo(new double[] {Double.NaN, Double.POSITIVE_INFINITY}, 0, 0);
    assertNumbers(new double[0]).isCloseTo(new double[0], 0, 0);
  }

  @Test
  void aFailureNamesTheWorstIndex() {
    assertThatThrownBy(
            () -> assertNumbers(1.0, 2.5, 3.25).isCloseTo(new double[] {1, 2, 3}, 0.1, 0))
        .hasMessageContaining("2 of 3 values out of tolerance")
        .hasMessageContaining("worst at [1]: 2.5, expected 2.0, difference 0.500");
    assertThatThrownBy(() -> assertNumbers(1.0).isCloseTo(new double[] {1, 2}, 0, 0))
        .hasMessageContaining("found 1 values, expected 2");
    assertThatThrownBy(() -> assertNumbers(Double.NaN).isCloseTo(new double[] {1}, 9, 9))
        .hasMessageContaining("worst at [0]: NaN");
  }
}
