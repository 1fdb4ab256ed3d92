package org.plumbline.evaluation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.plumbline.data.world.truth.TruthScore;
import org.plumbline.evaluation.statistics.Distinct;
import org.plumbline.evaluation.statistics.GroupRates;
import org.plumbline.evaluation.statistics.WinRate;
import org.plumbline.feedback.Outcome;
import org.plumbline.stage.statistics.Bootstrap;
import org.plumbline.stage.statistics.Interval;

/** Turns what was measured into figures with intervals. */
public final class Figures {
  private final HeldOut heldOut;
  private final Bootstrap bootstrap;
  private final Measured baseline;

  /** Figures of models beside the baseline on the same prompts. */
  public Figures(HeldOut heldOut, Bootstrap bootstrap, Measured baseline) {
    this.heldOut = heldOut;
    this.bootstrap = bootstrap;
    this.baseline = baseline;
  }

  /** The figures of one model. */
  public EvaluateMetrics of(Measured model) {
    Map<String, double[]> values = values(model);
    Map<String, Interval> numbers = new LinkedHashMap<>();
    values.forEach((name, v) -> numbers.put(name, bootstrap.clustered(heldOut.byUnit(v))));
    List<String> texts = model.replies().stream().map(Reply::text).toList();
    numbers.put("distinct_1", Interval.exact(Distinct.ngrams(texts, 1), texts.size()));
    numbers.put("distinct_2", Interval.exact(Distinct.ngrams(texts, 2), texts.size()));
    boolean compared = !model.label().equals(baseline.label());
    return new EvaluateMetrics(
        model.model(),
        numbers,
        compared ? changes(values) : Map.of(),
        compared ? winRates(model) : Map.of(),
        model.truth().map(this::groups).orElse(Map.of()),
        compared && model.truth().isPresent() && baseline.truth().isPresent()
            ? gapChanges(baseline.truth().get(), model.truth().get())
            : Map.of());
  }

  /** Per reply, every figure that is a mean. */
  private static Map<String, double[]> values(Measured model) {
    Map<String, double[]> values = new LinkedHashMap<>();
    model
        .truth()
        .ifPresent(
            truth -> {
              values.put("good_rate", of(truth, t -> share(t.good())));
              values.put("q", of(truth, TruthScore::q));
              values.put("right_answer", of(truth, TruthScore::rightAnswer));
              values.put("politeness", of(truth, TruthScore::politeness));
              values.put("safety", of(truth, TruthScore::safety));
              values.put("fitting_length", of(truth, TruthScore::length));
              values.put("refused_harmless", of(truth, t -> share(t.refusedHarmless())));
              values.put("helped_harm", of(truth, t -> share(t.helpedHarm())));
            });
    model.rewards().forEach((name, rewards) -> values.put("reward/" + name, rewards));
    model.kl().ifPresent(kl -> values.put("kl", kl));
    values.put("length_tokens", of(model.replies(), reply -> reply.tokenIds().length));
    values.put("length_words", of(model.replies(), reply -> words(reply.text())));
    values.put("ended", of(model.replies(), reply -> share(reply.ended())));
    return values;
  }

  private Map<String, Interval> changes(Map<String, double[]> values) {
    Map<String, double[]> before = values(baseline);
    Map<String, Interval> changes = new LinkedHashMap<>();
    values.forEach(
        (name, after) -> {
          double[] difference = new double[after.length];
          Arrays.setAll(difference, i -> after[i] - known(before, name)[i]);
          changes.put(name, bootstrap.clustered(heldOut.byUnit(difference)));
        });
    return changes;
  }

  private Map<String, WinRate> winRates(Measured model) {
    Map<String, WinRate> rates = new LinkedHashMap<>();
    if (model.truth().isPresent() && baseline.truth().isPresent()) {
      rates.put(
          "truth",
          winRate(
              of(model.truth().get(), TruthScore::q), of(baseline.truth().get(), TruthScore::q)));
    }
    if (!model.judged().isEmpty()) {
      rates.put("judge", judged(model.judged()));
    }
    model
        .rewards()
        .forEach(
            (name, rewards) -> rates.put(name, winRate(rewards, known(baseline.rewards(), name))));
    return rates;
  }

  private WinRate winRate(double[] model, double[] other) {
    return WinRate.of(heldOut.byUnit(model), heldOut.byUnit(other), bootstrap);
  }

  /** Pairs without a verdict are left out, not counted as ties. */
  private WinRate judged(List<Outcome> outcomes) {
    double[] scores = of(outcomes, Figures::score);
    double[][] byUnit = heldOut.byUnit(scores);
    for (int unit = 0; unit < byUnit.length; unit++) {
      byUnit[unit] = Arrays.stream(byUnit[unit]).filter(s -> !Double.isNaN(s)).toArray();
    }
    return WinRate.ofOutcomes(byUnit, bootstrap);
  }

  private static double score(Outcome outcome) {
    return switch (outcome) {
      case A -> 1;
      case B -> 0;
      case TIE -> 0.5;
      case NONE -> Double.NaN;
    };
  }

  /** Which cases a rate is over, and which of them count. */
  private record Rate(ToDoubleFunction<TruthScore> trial, ToDoubleFunction<TruthScore> hit) {}

  private static final Map<String, Rate> RATES = rates();

  private static Map<String, Rate> rates() {
    Map<String, Rate> rates = new LinkedHashMap<>();
    rates.put("grant_rate", new Rate(t -> 1, t -> share(t.granted())));
    rates.put(
        "true_positive_rate",
        new Rate(t -> share(t.eligible()), t -> share(t.eligible() && t.granted())));
    rates.put(
        "false_positive_rate",
        new Rate(t -> share(!t.eligible()), t -> share(!t.eligible() && t.granted())));
    rates.put("good_rate", new Rate(t -> 1, t -> share(t.good())));
    return rates;
  }

  private static List<String> groupNames(List<TruthScore> truth) {
    return truth.stream().map(t -> t.group().label()).distinct().sorted().toList();
  }

  private Map<String, GroupRates> groups(List<TruthScore> truth) {
    List<String> names = groupNames(truth);
    Map<String, GroupRates> groups = new LinkedHashMap<>();
    if (names.size() > 1) {
      RATES.forEach(
          (name, rate) ->
              groups.put(name, GroupRates.of(names, counts(truth, names, rate), bootstrap)));
    }
    return groups;
  }

  private Map<String, Interval> gapChanges(List<TruthScore> before, List<TruthScore> after) {
    List<String> names = groupNames(before);
    Map<String, Interval> changes = new LinkedHashMap<>();
    if (names.size() > 1) {
      RATES.forEach(
          (name, rate) ->
              changes.put(
                  name,
                  GroupRates.gapChange(
                      counts(before, names, rate), counts(after, names, rate), bootstrap)));
    }
    return changes;
  }

  private GroupRates.Counts counts(List<TruthScore> truth, List<String> names, Rate rate) {
    double[][] hits = new double[heldOut.units().size()][names.size()];
    double[][] trials = new double[heldOut.units().size()][names.size()];
    for (int unit = 0; unit < hits.length; unit++) {
      for (int prompt : heldOut.units().get(unit)) {
        for (int sample = 0; sample < heldOut.samples(); sample++) {
          TruthScore score = truth.get(prompt * heldOut.samples() + sample);
          int group = names.indexOf(score.group().label());
          trials[unit][group] += rate.trial().applyAsDouble(score);
          hits[unit][group] += rate.hit().applyAsDouble(score);
        }
      }
    }
    return new GroupRates.Counts(hits, trials);
  }

  private static double[] known(Map<String, double[]> values, String name) {
    double[] found = values.get(name);
    if (found == null) {
      throw new IllegalStateException(name + " was measured of one model only");
    }
    return found;
  }

  private static <T> double[] of(List<T> items, ToDoubleFunction<T> value) {
    return items.stream().mapToDouble(value).toArray();
  }

  private static double share(boolean hit) {
    return hit ? 1 : 0;
  }

  private static int words(String text) {
    return text.isBlank() ? 0 : text.strip().split("\\s+").length;
  }
}
