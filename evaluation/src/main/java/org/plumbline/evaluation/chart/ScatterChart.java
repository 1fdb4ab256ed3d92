package org.plumbline.evaluation.chart;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Points in the order in which they arose: a thin line joins them, later points are larger and
 * fuller, the last one has a ring.
 */
public record ScatterChart(
    String title, String note, String xLabel, String yLabel, List<Series> series) implements Chart {
  private static final int MOST_POINTS = 150;

  public ScatterChart {
    series = series.stream().filter(s -> s.size() > 0).map(s -> s.thinned(MOST_POINTS)).toList();
  }

  /** True if there is nothing to draw. */
  public boolean isEmpty() {
    return series.isEmpty();
  }

  @Override
  public String svg() {
    double[] ys = series.stream().flatMapToDouble(s -> DoubleStream.of(s.y())).toArray();
    double far = series.stream().flatMapToDouble(s -> DoubleStream.of(s.x())).max().orElse(1);
    double near = series.stream().flatMapToDouble(s -> DoubleStream.of(s.x())).min().orElse(0);
    Scale x = Scale.covering(Math.min(0, near), far, 6);
    Frame frame = new Frame(title, x, LineChart.yScale(ys), xLabel, yLabel);
    for (int colour = 0; colour < series.size(); colour++) {
      Series points = series.get(colour);
      frame.path("raw s" + colour % 6, points);
      for (int i = 0; i < points.size(); i++) {
        double age = points.size() == 1 ? 1 : (double) i / (points.size() - 1);
        int shade = (int) Math.round(age * 4);
        frame.dot(
            "dot s%d age%d".formatted(colour % 6, shade),
            points.x()[i],
            points.y()[i],
            2 + 1.6 * age,
            "%s, %d of %d: %s at %s"
                .formatted(
                    points.name(),
                    i + 1,
                    points.size(),
                    Digits.of(points.y()[i]),
                    Digits.of(points.x()[i])));
      }
      int last = points.size() - 1;
      frame.dot(
          "ring s" + colour % 6, points.x()[last], points.y()[last], 7, points.name() + ", last");
    }
    return frame.close();
  }

  @Override
  public List<String> legend() {
    return series.size() < 2 ? List.of() : series.stream().map(Series::name).toList();
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("chart", "scatter").put("title", title).put("x", xLabel).put("y", yLabel);
    LineChart.put(json.putArray("series"), series);
    return json;
  }
}
