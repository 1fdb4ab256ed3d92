package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.plumbline.evaluation.chart.Series;
import org.plumbline.stage.statistics.Bootstrap;
import org.plumbline.stage.statistics.Interval;

/**
 * What a stage's {@code held-out.jsonl} tells of one set: its documents' losses as training went.
 *
 * @param trained whether it is the held-out part of what the stage learned: the new domain
 * @param tokens of each document, the same at every point
 * @param points at step 0 and each evaluation; at least one
 * @param last of the weights that stayed
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record HeldOutCurve(
    String stage, String set, boolean trained, double[] tokens, List<Point> points, Point last) {
  private static final Bootstrap DOCUMENTS = new Bootstrap(7, 2000);

  /**
   * Losses at a step.
   *
   * @param nats Σ −log p of each document
   */
  record Point(double step, double[] nats) {
    /** The point a share of the way to another, all figures linear in between. */
    Point towards(Point other, double share) {
      double[] between = new double[nats.length];
      for (int i = 0; i < nats.length; i++) {
        between[i] = (1 - share) * nats[i] + share * other.nats()[i];
      }
      return new Point((1 - share) * step + share * other.step(), between);
    }
  }

  /** The sets that a stage followed, in its order; none where it followed none. */
  static List<HeldOutCurve> of(StageData stage) throws IOException {
    Map<String, List<JsonNode>> bySet = new LinkedHashMap<>();
    for (JsonNode row : StageData.rows(stage.directory().resolve("held-out.jsonl"))) {
      bySet.computeIfAbsent(row.path("set").asText(), set -> new ArrayList<>()).add(row);
    }
    List<HeldOutCurve> curves = new ArrayList<>();
    bySet.forEach(
        (set, rows) -> {
          double[] tokens = numbers(rows.get(0).path("tokens"));
          List<Point> points = new ArrayList<>();
          List<Point> ends = new ArrayList<>();
          for (JsonNode row : rows) {
            double[] nats = numbers(row.path("nats"));
            if (nats.length == tokens.length) {
              (row.path("final").asBoolean() ? ends : points)
                  .add(new Point(row.path("step").asDouble(), nats));
            }
          }
          if (!points.isEmpty() && !ends.isEmpty() && DoubleStream.of(tokens).sum() > 0) {
            boolean trained = rows.get(0).path("trained").asBoolean();
            curves.add(new HeldOutCurve(stage.name(), set, trained, tokens, points, ends.get(0)));
          }
        });
    return curves;
  }

  private static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.path(i).asDouble();
    }
    return numbers;
  }

  /** Mean loss at a point, nats per token. */
  double loss(Point point) {
    return DoubleStream.of(point.nats()).sum() / DoubleStream.of(tokens).sum();
  }

  /** exp(Σ nats / Σ tokens) with its interval over documents. */
  Interval perplexity(Point point) {
    return DOCUMENTS.of(tokens.length, units -> Math.exp(loss(point, units)));
  }

  /** The perplexity of one point over that of another, paired by document. */
  Interval ratio(Point first, Point second) {
    return DOCUMENTS.of(tokens.length, units -> Math.exp(loss(second, units) - loss(first, units)));
  }

  private double loss(Point point, int[] units) {
    double nats = 0;
    double all = 0;
    for (int unit : units) {
      nats += point.nats()[unit];
      all += tokens[unit];
    }
    return nats / all;
  }

  /** The curve for a chart. */
  Series series() {
    return new Series(
        stage + ": " + set,
        points.stream().mapToDouble(Point::step).toArray(),
        points.stream().mapToDouble(point -> loss(point)).toArray());
  }
}
