package org.plumbline.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarReaderTest {
  private static final Place PLACE = new Place("recipe.yaml", 1);

  private static Object read(Class<?> type, String text) throws Exception {
    return ScalarReader.read(type, new YamlNode.Scalar(PLACE, text, true));
  }

  @ParameterizedTest
  @CsvSource({
    "1e-4,1e-4",
    "1_000.5,1000.5",
    "-.5,-0.5",
    "3,3",
    "1.,1",
    "1_000_000,1000000",
    "2E+3,2000",
    "0,0"
  })
  void numbers(String text, double expected) throws Exception {
    assertThat(read(double.class, text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1_000,1000", "1e4,10000", "-7,-7", "+3,3", "0,0", "2147483647,2147483647"})
  void wholeNumbers(String text, int expected) throws Exception {
    assertThat(read(int.class, text)).isEqualTo(expected);
    assertThat(read(long.class, text)).isEqualTo((long) expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.5|a whole number, not a fraction",
        "10.0|a whole number, not a fraction",
        "1e-4|a whole number, not a fraction",
        "3_000_000_000|a whole number from -2147483648 to 2147483647",
        "1e99|a whole number from -2147483648 to 2147483647",
        "010|a whole number; remove the leading zero",
        "1,000|a whole number; write a decimal point or underscores, no comma",
        "0x10|a whole number",
        "1__0|a whole number",
        "1_00|a whole number",
        "_1|a whole number",
        "ten|a whole number",
        "true|a whole number"
      })
  void noWholeNumbers(String text, String needed) {
    assertThatThrownBy(() -> read(int.class, text)).hasMessage(needed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ".nan|a number; it must be finite",
        "-.inf|a number; it must be finite",
        "Infinity|a number",
        "1e999|a number that a double can hold",
        "0,5|a number; write a decimal point or underscores, no comma",
        "5%|a number; write the fraction, such as 0.05 for 5%",
        "1e|a number",
        "1d|a number",
        ".|a number"
      })
  void noNumbers(String text, String needed) {
    assertThatThrownBy(() -> read(double.class, text)).hasMessage(needed);
  }

  @ParameterizedTest
  @CsvSource({
    "yes,true or false; write true",
    "off,true or false; write false",
    "maybe,true or false"
  })
  void noBooleans(String text, String needed) {
    assertThatThrownBy(() -> read(boolean.class, text)).hasMessage(needed);
  }

  @Test
  void aQuotedNumberOrBooleanIsText() {
    assertThatThrownBy(() -> ScalarReader.read(int.class, new YamlNode.Scalar(PLACE, "8", false)))
        .hasMessage("a whole number; remove the quotes");
    assertThatThrownBy(
            () -> ScalarReader.read(boolean.class, new YamlNode.Scalar(PLACE, "true", false)))
        .hasMessage("true or false; remove the quotes");
  }

  @Test
  void textTakesPlainNumbersButNotNothing() throws Exception {
    assertThat(read(String.class, "123")).isEqualTo("123");
    assertThat(ScalarReader.read(String.class, new YamlNode.Scalar(PLACE, "", false)))
        .isEqualTo("");
    assertThatThrownBy(() -> read(String.class, "")).hasMessage("text");
    assertThatThrownBy(() -> read(java.nio.file.Path.class, "a\u0000b"))
        .hasMessageStartingWith("a path; ");
  }
}
