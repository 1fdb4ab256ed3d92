package org.plumbline.evaluation.chart;

import java.util.Locale;

/** The paper of an x-y chart: axes, grid, labels. Coordinates are SVG units. */
final class Frame {
  static final double WIDTH = 560;
  static final double HEIGHT = 290;
  static final double LEFT = 66;
  static final double RIGHT = WIDTH - 18;
  static final double TOP = 14;
  static final double BOTTOM = HEIGHT - 44;

  private final Scale x;
  private final Scale y;
  private final StringBuilder svg = new StringBuilder();

  Frame(String title, Scale x, Scale y, String xLabel, String yLabel) {
    this.x = x;
    this.y = y;
    svg.append(open(title, WIDTH, HEIGHT));
    for (double tick : y.ticks()) {
      line("grid", LEFT, atY(tick), RIGHT, atY(tick));
      text("tick end", LEFT - 8, atY(tick) + 4, Digits.of(tick));
    }
    for (double tick : x.ticks()) {
      line("tick", atX(tick), BOTTOM, atX(tick), BOTTOM + 5);
      text("tick mid", atX(tick), BOTTOM + 18, Digits.of(tick));
    }
    line("axis", LEFT, BOTTOM, RIGHT, BOTTOM);
    text("label mid", (LEFT + RIGHT) / 2, HEIGHT - 8, xLabel);
    double middle = (TOP + BOTTOM) / 2;
    svg.append(
        "<text class=\"label mid\" transform=\"translate(13 %s) rotate(-90)\">%s</text>"
            .formatted(number(middle), Escape.html(yLabel)));
  }

  static String open(String title, double width, double height) {
    return ("<svg viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\""
            + " xmlns=\"http://www.w3.org/2000/svg\">")
        .formatted(number(width), number(height), Escape.html(title));
  }

  double atX(double value) {
    return x.at(value, LEFT, RIGHT);
  }

  double atY(double value) {
    return y.at(value, BOTTOM, TOP);
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    svg.append(
        "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
            .formatted(style, number(x1), number(y1), number(x2), number(y2)));
  }

  void text(String style, double x, double y, String text) {
    svg.append(
        "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>"
            .formatted(style, number(x), number(y), Escape.html(text)));
  }

  void path(String style, Series points) {
    svg.append("<path class=\"").append(style).append("\" d=\"");
    for (int i = 0; i < points.size(); i++) {
      svg.append(i == 0 ? 'M' : 'L')
          .append(number(atX(points.x()[i])))
          .append(' ')
          .append(number(atY(points.y()[i])));
    }
    svg.append("\"/>");
  }

  void dot(String style, double x, double y, double radius, String hint) {
    svg.append(
        "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"><title>%s</title></circle>"
            .formatted(style, number(atX(x)), number(atY(y)), number(radius), Escape.html(hint)));
  }

  void reference(ReferenceLine reference) {
    line("reference", LEFT, atY(reference.value()), RIGHT, atY(reference.value()));
    text(
        "reference-name end",
        RIGHT - 4,
        atY(reference.value()) - 4,
        reference.name() + " " + Digits.of(reference.value()));
  }

  String close() {
    return svg.append("</svg>").toString();
  }

  /** SVG numbers: at most two decimals. */
  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
