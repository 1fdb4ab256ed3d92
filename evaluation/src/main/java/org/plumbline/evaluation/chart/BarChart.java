package org.plumbline.evaluation.chart;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Bars from left to right, one per row, with their intervals as whiskers and their values behind.
 *
 * @param percent whether values are shares, shown as percentages
 * @param bars from the top; a bar whose value is no number is left out
 * @param references vertical lines with their names
 */
public record BarChart(
    String title,
    String note,
    boolean percent,
    List<String> legend,
    List<Bar> bars,
    List<ReferenceLine> references)
    implements Chart {
  private static final double WIDTH = 560;
  private static final double LEFT = 160;

  /** Least room for the numbers beside the bars, and what a character of them takes. */
  private static final double NUMBERS = 132;

  private static final double CHARACTER = 7;
  private static final double ROW = 30;
  private static final double TOP = 26;

  public BarChart {
    bars = bars.stream().filter(bar -> Double.isFinite(bar.value())).toList();
    legend = List.copyOf(legend);
    references = List.copyOf(references);
  }

  /** True if there is nothing to draw. */
  public boolean isEmpty() {
    return bars.isEmpty();
  }

  @Override
  public String svg() {
    double height = TOP + ROW * bars.size() + 30;
    Scale scale = scale();
    StringBuilder svg = new StringBuilder(Frame.open(title, WIDTH, height));
    double bottom = height - 28;
    for (double tick : scale.ticks()) {
      double x = scale.at(tick, LEFT, right());
      line(svg, tick == 0 ? "axis" : "grid", x, TOP - 4, x, bottom);
      text(svg, "tick mid", x, bottom + 16, shown(tick, true));
    }
    for (int i = 0; i < bars.size(); i++) {
      draw(svg, bars.get(i), TOP + ROW * i, scale);
    }
    for (ReferenceLine reference : references) {
      double x = scale.at(reference.value(), LEFT, right());
      line(svg, "reference", x, TOP - 8, x, bottom);
      text(svg, "reference-name mid", x, TOP - 12, reference.name());
    }
    return svg.append("</svg>").toString();
  }

  private Scale scale() {
    double[] ends =
        DoubleStream.concat(
                bars.stream()
                    .flatMapToDouble(b -> DoubleStream.of(0, b.value(), b.low(), b.high())),
                references.stream().mapToDouble(ReferenceLine::value))
            .filter(Double::isFinite)
            .toArray();
    double high = DoubleStream.of(ends).max().orElse(1);
    double low = DoubleStream.of(ends).min().orElse(0);
    return Scale.covering(low, percent && low >= 0 && high > 0.5 ? 1 : high, 5);
  }

  private void draw(StringBuilder svg, Bar bar, double top, Scale scale) {
    double middle = top + ROW / 2;
    double zero = scale.at(0, LEFT, right());
    double end = scale.at(bar.value(), LEFT, right());
    String colour = bar.colour() < 0 ? "muted" : "s" + bar.colour() % 6;
    String hint = bar.label() + ": " + described(bar);
    svg.append(
        "<rect class=\"bar %s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"3\"><title>%s</title></rect>"
            .formatted(
                colour,
                Frame.number(Math.min(zero, end)),
                Frame.number(top + 6),
                Frame.number(Math.max(1, Math.abs(end - zero))),
                Frame.number(ROW - 12),
                Escape.html(hint)));
    if (bar.hasInterval()) {
      double low = scale.at(bar.low(), LEFT, right());
      double high = scale.at(bar.high(), LEFT, right());
      line(svg, "whisker", low, middle, high, middle);
      line(svg, "whisker", low, middle - 5, low, middle + 5);
      line(svg, "whisker", high, middle - 5, high, middle + 5);
    }
    text(svg, "name end", LEFT - 10, middle + 4, shortened(bar.label()));
    text(svg, "value", right() + 10, middle + 4, described(bar));
  }

  /** Where bars end, so that the longest numbers beside them are not cut. */
  private double right() {
    int longest = bars.stream().mapToInt(bar -> described(bar).length()).max().orElse(0);
    return WIDTH - Math.max(NUMBERS, 16 + CHARACTER * longest);
  }

  private String described(Bar bar) {
    return bar.hasInterval()
        ? "%s (%s–%s)"
            .formatted(
                shown(bar.value(), true),
                bare(bound(bar.low(), bar.value())),
                bare(bound(bar.high(), bar.value())))
        : shown(bar.value(), false);
  }

  private String shown(double value, boolean whole) {
    if (!percent) {
      return Digits.of(value);
    }
    return whole ? Math.round(100 * value) + Digits.PERCENT : Digits.percent(value);
  }

  /** A bound with no more decimals than the value has. */
  private String bound(double bound, double value) {
    return percent ? shown(bound, true) : Digits.like(bound, value);
  }

  private static String bare(String text) {
    return text.replace(Digits.PERCENT, "");
  }

  private static String shortened(String label) {
    return label.codePointCount(0, label.length()) <= 26
        ? label
        : label.substring(0, label.offsetByCodePoints(0, 25)) + "…";
  }

  private static void line(
      StringBuilder svg, String style, double x1, double y1, double x2, double y2) {
    svg.append(
        "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
            .formatted(
                style, Frame.number(x1), Frame.number(y1), Frame.number(x2), Frame.number(y2)));
  }

  private static void text(StringBuilder svg, String style, double x, double y, String text) {
    svg.append(
        "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>"
            .formatted(style, Frame.number(x), Frame.number(y), Escape.html(text)));
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("chart", "bar").put("title", title);
    ArrayNode array = json.putArray("bars");
    for (Bar bar : bars) {
      ObjectNode node = array.addObject().put("label", bar.label()).put("value", bar.value());
      if (bar.colour() >= 0 && bar.colour() < legend.size()) {
        node.put("series", legend.get(bar.colour()));
      }
      if (bar.hasInterval()) {
        node.put("low", bar.low()).put("high", bar.high());
      }
    }
    ArrayNode lines = json.putArray("references");
    references.forEach(r -> lines.addObject().put("name", r.name()).put("value", r.value()));
    return json;
  }
}
