package org.plumbline.evaluation.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ChartTest {
  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new java.io.StringReader(svg)));
  }

  private static Series series(String name, int n) {
    double[] x = IntStream.range(0, n).mapToDouble(i -> i).toArray();
    double[] y = IntStream.range(0, n).mapToDouble(i -> Math.sin(i / 10.0)).toArray();
    return new Series(name, x, y);
  }

  @Test
  void everyChartIsWellFormedSvgWithEscapedText() throws Exception {
    String nasty = "</svg><script>alert(1)</script>\" onload='x' & <b>";
    List<Chart> charts =
        List.of(
            new LineChart(
                nasty,
                nasty,
                nasty,
                nasty,
                List.of(series(nasty, 500), series("b", 3)),
                List.of(new ReferenceLine(nasty, 0.5))),
            new ScatterChart(nasty, nasty, nasty, nasty, List.of(series(nasty, 30))),
            new BarChart(
                nasty,
                nasty,
                true,
                List.of(nasty),
                List.of(new Bar(nasty, 0, 0.4, 0.3, 0.5)),
                List.of(new ReferenceLine(nasty, 0.5))));
    for (Chart chart : charts) {
      Document document = parse(chart.svg());

      assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
      assertThat(document.getElementsByTagName("script").getLength()).isZero();
      assertThat(document.getElementsByTagName("b").getLength()).isZero();
      assertThat(document.getDocumentElement().getAttribute("aria-label")).isEqualTo(nasty);
    }
  }

  @Test
  void onePointAndFlatCurvesAreDrawn() throws Exception {
    for (Series series :
        List.of(series("one", 1), new Series("flat", new double[] {1, 2}, new double[] {3, 3}))) {
      LineChart chart = new LineChart("t", "", "x", "y", List.of(series), List.of());

      assertThat(parse(chart.svg()).getElementsByTagName("circle").getLength()).isPositive();
      assertThat(chart.svg()).doesNotContain("NaN").doesNotContain("Infinity");
    }
  }

  @Test
  void whatIsNoNumberIsLeftOut() {
    Series gaps =
        new Series(
            "g", new double[] {1, 2, 3}, new double[] {1, Double.NaN, Double.POSITIVE_INFINITY});
    BarChart bars =
        new BarChart("t", "", false, List.of(), List.of(Bar.plain("a", 0, Double.NaN)), List.of());

    assertThat(gaps.size()).isEqualTo(1);
    assertThat(bars.isEmpty()).isTrue();
    assertThat(new LineChart("t", "", "x", "y", List.of(series("e", 0)), List.of()).isEmpty())
        .isTrue();
  }

  @Test
  void jsonHoldsWhatIsDrawn() {
    LineChart line =
        new LineChart(
            "t", "", "x", "y", List.of(series("a", 1000)), List.of(new ReferenceLine("r", 0.5)));
    BarChart bar =
        new BarChart("t", "", true, List.of(), List.of(new Bar("b", 0, 0.4, 0.3, 0.5)), List.of());

    assertThat(line.json().at("/series/0/y")).hasSize(400);
    assertThat(line.json().at("/series/0/x/399").asDouble()).isEqualTo(999);
    assertThat(line.json().at("/references/0/value").asDouble()).isEqualTo(0.5);
    assertThat(bar.json().at("/bars/0/high").asDouble()).isEqualTo(0.5);
  }

  @Test
  void longCurvesAreThinnedByMeansOfEqualRuns() {
    Series thin = series("a", 1000).thinned(10);

    assertThat(thin.size()).isEqualTo(10);
    assertThat(thin.x()[0]).isCloseTo(49.5, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0, 1", "0.03, 0.97, 0, 1", "-3, 7, -4, 8", "5, 5, 4.4, 5.6", "0, 0, -1, 1"})
  void axesEndOnRoundTicks(double low, double high, double first, double last) {
    Scale scale = Scale.covering(low, high, 5);

    assertThat(scale.low()).isCloseTo(first, within(1e-9));
    assertThat(scale.high()).isCloseTo(last, within(1e-9));
    assertThat(scale.ticks()).hasSizeBetween(3, 8);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "0.123456, 0.123",
    "1234567, 1230000",
    "-2.5, −2.5",
    "100, 100",
    "0.0008, 0.0008",
    "0.0000012, 1.20e-06",
    "NaN, –"
  })
  void numbersHaveThreeDigits(double value, String text) {
    assertThat(Digits.of(value)).isEqualTo(text);
  }

  @Test
  void numbersDoNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    try {
      for (String tag : List.of("tr-TR", "ar-EG", "de-DE", "hi-IN-u-nu-deva")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertThat(Digits.of(1234.5)).isEqualTo("1230");
        assertThat(Digits.percent(0.4871)).isEqualTo("48.7\u00a0%");
        assertThat(Frame.number(1.5)).isEqualTo("1.5");
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void controlCharactersDoNotReachThePage() {
    assertThat(Escape.html("a\u0000b\u0007c\ud800d\ufffee\nf"))
        .isEqualTo("a\ufffdb\ufffdc\ufffdd\ufffde\nf");
  }

  @Test
  void boundsHaveTheDecimalsOfTheirValue() {
    assertThat(Digits.like(0.07931, 0.198)).isEqualTo("0.079");
    assertThat(Digits.like(-0.6914, -0.392)).isEqualTo("−0.691");
    assertThat(Digits.like(2.756, 3)).isEqualTo("2.76");
    assertThat(Digits.like(1234.5, 1180)).isEqualTo("1230");
    assertThat(Digits.like(0.02, 0)).isEqualTo("0.02");
  }

  @Test
  void longNumbersBesideBarsAreNotCut() {
    BarChart chart =
        new BarChart(
            "t",
            "",
            false,
            List.of(),
            List.of(new Bar("sft", 0, -0.3921, -0.6914, -0.0931)),
            List.of());
    String numbers = "−0.392 (−0.691–−0.093)";
    assertThat(chart.svg()).contains(numbers);
    java.util.regex.Matcher place =
        java.util.regex.Pattern.compile("class=\"value\" x=\"([0-9.]+)\"").matcher(chart.svg());
    assertThat(place.find()).isTrue();
    assertThat(Double.parseDouble(place.group(1)) + 6.6 * numbers.length()).isLessThan(560);
  }
}
