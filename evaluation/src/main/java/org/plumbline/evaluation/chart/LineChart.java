package org.plumbline.evaluation.chart;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Curves over steps. Long curves are drawn twice: the values thin, their moving average bold.
 *
 * @param series each in a colour of its own, by place
 * @param references horizontal lines with their names
 */
public record LineChart(
    String title,
    String note,
    String xLabel,
    String yLabel,
    List<Series> series,
    List<ReferenceLine> references)
    implements Chart {
  private static final int MOST_POINTS = 400;
  private static final int SMOOTH_FROM = 40;

  public LineChart {
    series = series.stream().filter(s -> s.size() > 0).map(s -> s.thinned(MOST_POINTS)).toList();
    references = List.copyOf(references);
  }

  /** True if there is nothing to draw. */
  public boolean isEmpty() {
    return series.isEmpty();
  }

  @Override
  public String svg() {
    double[] ys =
        DoubleStream.concat(
                series.stream().flatMapToDouble(s -> DoubleStream.of(s.y())),
                references.stream().mapToDouble(ReferenceLine::value))
            .toArray();
    Frame frame = new Frame(title, xScale(series), yScale(ys), xLabel, yLabel);
    references.forEach(frame::reference);
    for (int i = 0; i < series.size(); i++) {
      draw(frame, series.get(i), i);
    }
    return frame.close();
  }

  static Scale xScale(List<Series> series) {
    double[] xs = series.stream().flatMapToDouble(s -> DoubleStream.of(s.x())).toArray();
    return Scale.tight(DoubleStream.of(xs).min().orElse(0), DoubleStream.of(xs).max().orElse(1), 6);
  }

  static Scale yScale(double[] ys) {
    return Scale.covering(
        DoubleStream.of(ys).min().orElse(0), DoubleStream.of(ys).max().orElse(1), 5);
  }

  private static void draw(Frame frame, Series points, int colour) {
    Series line = points;
    if (points.size() > SMOOTH_FROM) {
      line = points.smoothed(points.size() / 40);
      frame.path("raw s" + colour % 6, points);
      frame.path("line s" + colour % 6, line);
    } else {
      frame.path("line s" + colour % 6, points);
      for (int i = 0; i < points.size(); i++) {
        frame.dot("dot s" + colour % 6, points.x()[i], points.y()[i], 2.6, hint(points, i));
      }
    }
    int last = points.size() - 1;
    frame.dot("dot s" + colour % 6, line.x()[last], line.y()[last], 4, hint(points, last));
  }

  private static String hint(Series points, int i) {
    return "%s, step %s: %s"
        .formatted(points.name(), Digits.of(points.x()[i]), Digits.of(points.y()[i]));
  }

  @Override
  public List<String> legend() {
    return series.size() < 2 ? List.of() : series.stream().map(Series::name).toList();
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("chart", "line").put("title", title).put("x", xLabel).put("y", yLabel);
    put(json.putArray("series"), series);
    ArrayNode lines = json.putArray("references");
    references.forEach(r -> lines.addObject().put("name", r.name()).put("value", r.value()));
    return json;
  }

  static void put(ArrayNode array, List<Series> series) {
    for (Series one : series) {
      ObjectNode node = array.addObject().put("name", one.name());
      ArrayNode x = node.putArray("x");
      ArrayNode y = node.putArray("y");
      DoubleStream.of(one.x()).forEach(x::add);
      DoubleStream.of(one.y()).forEach(y::add);
    }
  }
}
