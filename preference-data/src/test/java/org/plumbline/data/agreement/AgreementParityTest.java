package org.plumbline.data.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.stage.Json;
import org.plumbline.testing.Golden;

/** Against statsmodels, scikit-learn and krippendorff; closed forms within 1e-9, relative. */
@Tag("parity")
class AgreementParityTest {
  private static final double TOLERANCE = 1e-9;

  @TestFactory
  Stream<DynamicTest> kappas() {
    return Golden.perFile(
        "metrics", ".json", file -> Json.read(file).has("fleiss"), this::checkKappas);
  }

  private void checkKappas(Path file) throws Exception {
    JsonNode cases = Json.read(file).path("fleiss");
    assertThat(cases).isNotEmpty();
    for (JsonNode one : cases) {
      int[][] counts = Json.mapper().treeToValue(one.path("counts"), int[][].class);
      close(FleissKappa.of(counts).orElseThrow(), one.path("fleiss_kappa"));
      close(FleissKappa.free(counts).orElseThrow(), one.path("randolph_kappa"));
      int[][] ratings = Json.mapper().treeToValue(one.path("ratings"), int[][].class);
      for (Map.Entry<String, JsonNode> pair : one.path("cohen_kappa_pairs").properties()) {
        String[] raters = pair.getKey().split("-");
        int first = Integer.parseInt(raters[0]);
        int second = Integer.parseInt(raters[1]);
        close(
            CohenKappa.of(column(ratings, first), column(ratings, second)).orElseThrow(),
            pair.getValue());
      }
    }
  }

  private static int[] column(int[][] ratings, int rater) {
    return Stream.of(ratings).mapToInt(row -> row[rater]).toArray();
  }

  @TestFactory
  Stream<DynamicTest> alphas() {
    return Golden.perFile(
        "metrics", ".json", file -> Json.read(file).has("krippendorff"), this::checkAlphas);
  }

  private void checkAlphas(Path file) throws Exception {
    JsonNode cases = Json.read(file).path("krippendorff");
    assertThat(cases).isNotEmpty();
    for (JsonNode one : cases) {
      KrippendorffAlpha.Level level =
          KrippendorffAlpha.Level.valueOf(one.path("level").asText().toUpperCase(Locale.ROOT));
      List<List<Double>> items = new ArrayList<>();
      for (JsonNode rater : one.path("raters_x_items")) {
        for (int i = 0; i < rater.size(); i++) {
          if (items.size() <= i) {
            items.add(new ArrayList<>());
          }
          if (!rater.get(i).isNull()) {
            items.get(i).add(rater.get(i).doubleValue());
          }
        }
      }
      close(KrippendorffAlpha.of(items, level).orElseThrow(), one.path("alpha"));
    }
  }

  private static void close(double actual, JsonNode expected) {
    double value = expected.doubleValue();
    assertThat(actual).isEqualTo(value, within(TOLERANCE * Math.max(Math.abs(value), 1e-3)));
  }
}
