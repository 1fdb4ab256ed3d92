package org.plumbline.evaluation.suite;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.plumbline.data.Demonstration;
import org.plumbline.data.format.DemonstrationReader;
import org.plumbline.stage.UserException;
import org.plumbline.stage.statistics.Interval;

/**
 * Perplexity, exp of the mean negative log-likelihood per token, of answers given their prompts or
 * of plain texts; bits per byte beside it, which tokenizers do not change.
 */
final class PerplexitySuite implements Suite {
  @Override
  public String name() {
    return "perplexity";
  }

  @Override
  public String description() {
    return "likelihood of texts; rows {\"text\"}, {\"prompt\",\"completion\"} or {\"messages\"}";
  }

  @Override
  public void requireFits(SuiteModel model) {
    if (model.isRewardModel()) {
      throw new UserException(
          "perplexity: the model is a reward model, which has no likelihoods; needed: a language model");
    }
  }

  @Override
  public Measuring open(Path data) throws IOException {
    List<Demonstration> rows = DemonstrationReader.read(data).rows();
    if (rows.isEmpty()) {
      throw new UserException(data + " holds no rows; at least one text is needed");
    }
    return (model, options) -> measure(rows, model, options);
  }

  private static SuiteResult measure(
      List<Demonstration> rows, SuiteModel model, SuiteOptions options) {
    List<Likelihood> all = model.likelihoods(rows);
    double[] bytes =
        rows.stream()
            .mapToDouble(row -> row.answer().getBytes(StandardCharsets.UTF_8).length)
            .toArray();
    Map<String, Interval> figures = new LinkedHashMap<>();
    ToDoubleFunction<int[]> perToken =
        units ->
            -total(units, i -> all.get(i).logProbability())
                / total(units, i -> all.get(i).tokens());
    figures.put(
        "perplexity",
        options.bootstrap().of(rows.size(), units -> Math.exp(perToken.applyAsDouble(units))));
    figures.put("nats_per_token", options.bootstrap().of(rows.size(), perToken));
    figures.put(
        "bits_per_byte",
        options
            .bootstrap()
            .of(
                rows.size(),
                units ->
                    -total(units, i -> all.get(i).logProbability())
                        / Math.log(2)
                        / total(units, i -> bytes[i])));
    double tokens = all.stream().mapToDouble(Likelihood::tokens).sum();
    figures.put("tokens", Interval.exact(tokens, rows.size()));
    List<ObjectNode> found = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      found.add(
          JsonNodeFactory.instance
              .objectNode()
              .put("id", rows.get(i).prompt().id())
              .put("logprob", all.get(i).logProbability())
              .put("tokens", all.get(i).tokens()));
    }
    return new SuiteResult(figures, "rows", found);
  }

  private static double total(int[] units, java.util.function.IntToDoubleFunction value) {
    double sum = 0;
    for (int unit : units) {
      sum += value.applyAsDouble(unit);
    }
    return sum;
  }
}
