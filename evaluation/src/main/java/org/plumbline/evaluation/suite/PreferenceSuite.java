package org.plumbline.evaluation.suite;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Outcome;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.format.PairReader;
import org.plumbline.stage.UserException;
import org.plumbline.stage.statistics.Interval;

/**
 * Share of pairs whose chosen answer the model puts first: by reward, or by likelihood where the
 * model is a language model; "the shorter wins" stands beside it. Equal values count half.
 */
final class PreferenceSuite implements Suite {
  @Override
  public String name() {
    return "preferences";
  }

  @Override
  public String description() {
    return "does the model put the chosen answer first; pairs of HH-RLHF or TRL";
  }

  @Override
  public Measuring open(Path data) throws IOException {
    List<PreferencePair> pairs =
        PairReader.read(data).rows().stream()
            .filter(pair -> pair.outcome() == Outcome.CHOSEN)
            .toList();
    if (pairs.isEmpty()) {
      throw new UserException(data + " holds no decided pairs; at least one is needed");
    }
    return (model, options) -> measure(pairs, model, options);
  }

  private static SuiteResult measure(
      List<PreferencePair> pairs, SuiteModel model, SuiteOptions options) {
    List<Demonstration> chosen =
        pairs.stream().map(pair -> new Demonstration(pair.prompt(), pair.chosen())).toList();
    List<Demonstration> rejected =
        pairs.stream().map(pair -> new Demonstration(pair.prompt(), pair.rejected())).toList();
    Map<String, double[]> leads = new LinkedHashMap<>();
    if (model.isRewardModel()) {
      double[] first = model.rewards(chosen);
      double[] second = model.rewards(rejected);
      leads.put("reward", of(pairs, i -> first[i] - second[i]));
    } else {
      List<Likelihood> first = model.likelihoods(chosen);
      List<Likelihood> second = model.likelihoods(rejected);
      leads.put(
          "logprob",
          of(pairs, i -> first.get(i).logProbability() - second.get(i).logProbability()));
      leads.put(
          "logprob_per_token", of(pairs, i -> first.get(i).perToken() - second.get(i).perToken()));
    }
    leads.put(
        "shorter",
        of(pairs, i -> pairs.get(i).rejected().length() - pairs.get(i).chosen().length()));
    return new SuiteResult(figures(pairs, leads, options), "prompts", rows(pairs, leads));
  }

  private static Map<String, Interval> figures(
      List<PreferencePair> pairs, Map<String, double[]> leads, SuiteOptions options) {
    List<int[]> units = byPrompt(pairs);
    Map<String, Interval> figures = new LinkedHashMap<>();
    leads.forEach(
        (name, lead) -> {
          figures.put(
              "accuracy/" + name,
              options.bootstrap().clustered(gather(units, i -> (1 + Math.signum(lead[i])) / 2)));
          if (!name.equals("shorter")) {
            figures.put(
                "margin/" + name, options.bootstrap().clustered(gather(units, i -> lead[i])));
          }
        });
    return figures;
  }

  private static List<int[]> byPrompt(List<PreferencePair> pairs) {
    Map<String, List<Integer>> prompts = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      prompts.computeIfAbsent(pairs.get(i).prompt().text(), key -> new ArrayList<>()).add(i);
    }
    return prompts.values().stream()
        .map(members -> members.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  private static double[][] gather(List<int[]> units, IntToDoubleFunction value) {
    return units.stream()
        .map(members -> java.util.Arrays.stream(members).mapToDouble(value).toArray())
        .toArray(double[][]::new);
  }

  private static List<ObjectNode> rows(List<PreferencePair> pairs, Map<String, double[]> leads) {
    List<ObjectNode> rows = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      ObjectNode row = JsonNodeFactory.instance.objectNode().put("id", pairs.get(i).prompt().id());
      int pair = i;
      leads.forEach((name, lead) -> row.put("lead/" + name, lead[pair]));
      rows.add(row);
    }
    return rows;
  }

  private static double[] of(List<PreferencePair> pairs, IntToDoubleFunction value) {
    return java.util.stream.IntStream.range(0, pairs.size()).mapToDouble(value).toArray();
  }
}
