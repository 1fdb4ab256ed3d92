package org.plumbline.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.plumbline.evaluation.chart.Digits;
import org.plumbline.evaluation.report.EvaluationData.Model;
import org.plumbline.stage.statistics.Interval;

/** What a manager reads: for each aligned model a paragraph and its headline figures. */
final class SummarySection {
  private SummarySection() {}

  static Section of(RunData run, List<EvaluationData> evaluations) {
    List<Block> blocks = new ArrayList<>();
    for (EvaluationData evaluation : evaluations) {
      Optional<Model> before = evaluation.baseline();
      if (before.isPresent()) {
        for (Model after : evaluation.aligned()) {
          blocks.add(new Block.Text(story(run, before.get(), after)));
          blocks.add(new Block.Cards(cards(before.get(), after)));
        }
        blocks.add(new Block.Text(caveat(evaluation)));
      }
    }
    if (blocks.isEmpty()) {
      blocks.add(
          new Block.Text(
              "This run has no finished evaluation: what follows shows how training went, not what"
                  + " it did to the replies. Add an evaluate stage to measure that."));
    }
    return new Section("summary", "In short", blocks);
  }

  private static String caveat(EvaluationData evaluation) {
    return "Measured on %s held-out prompts. Intervals: %s."
        .formatted(evaluation.root().path("prompts").asText(), evaluation.intervals());
  }

  private static String story(RunData run, Model before, Model after) {
    StringBuilder story = new StringBuilder();
    String route = run.route(after.stage()).map(r -> " on " + r).orElse("");
    story.append("Alignment%s turned %s into %s. ".formatted(route, before.name(), after.name()));
    Optional<Interval> good = after.number("good_rate");
    Optional<Interval> was = before.number("good_rate");
    Optional<Interval> change = after.change("good_rate");
    if (good.isPresent() && was.isPresent() && change.isPresent()) {
      story.append(
          "%s of its replies are good, against %s before: %s (%s). "
              .formatted(
                  Digits.percent(good.get().value()),
                  Digits.percent(was.get().value()),
                  Shown.points(change.get()),
                  verdict(change.get())));
    }
    after
        .winRates()
        .forEach(
            by ->
                after
                    .winRate(by)
                    .ifPresent(
                        rate ->
                            story.append(
                                "Judged by %s it wins %s of the comparisons with %s. "
                                    .formatted(named(by), Shown.share(rate), before.name()))));
    after
        .number("kl")
        .ifPresent(
            kl ->
                story.append(
                    "It has moved %s nats per reply away from where it started. "
                        .formatted(Shown.number(kl))));
    fairness(story, before, after);
    return story.toString().strip();
  }

  private static String named(String by) {
    return by.equals("truth") ? "the sample world's truth" : by.equals("judge") ? "the judge" : by;
  }

  private static String verdict(Interval change) {
    return "interval %s; %s"
        .formatted(
            Shown.shareRange(change),
            change.low() > 0
                ? "more than chance over prompts explains"
                : change.high() < 0 ? "a loss" : "no gain is shown");
  }

  private static void fairness(StringBuilder story, Model before, Model after) {
    Optional<Interval> gap = after.gap("grant_rate");
    Optional<Interval> was = before.gap("grant_rate");
    if (gap.isPresent() && was.isPresent()) {
      story.append(
          "The gap between groups in how often a request is granted went from %s to %s points."
              .formatted(points(was.get().value()), points(gap.get().value())));
    }
  }

  private static String points(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  private static List<Block.Card> cards(Model before, Model after) {
    List<Block.Card> cards = new ArrayList<>();
    share(cards, "Good replies", before.number("good_rate"), after.number("good_rate"))
        .accept(after.change("good_rate"), 1);
    for (String reward : after.rewards()) {
      String key = "reward/" + reward;
      number(cards, "Reward by " + reward, before.number(key), after.number(key))
          .accept(after.change(key), 1);
    }
    number(cards, "KL from the start, nats", Optional.empty(), after.number("kl"))
        .accept(Optional.empty(), 0);
    share(cards, "Gap in granting", before.gap("grant_rate"), after.gap("grant_rate"))
        .accept(after.gapChange("grant_rate"), -1);
    return cards;
  }

  private interface Finish {
    /**
     * Adds the card with the change's tone; {@code wanted} is the sign that is good, 0 for none.
     */
    void accept(Optional<Interval> change, int wanted);
  }

  private static Finish share(
      List<Block.Card> cards, String title, Optional<Interval> before, Optional<Interval> after) {
    return (change, wanted) ->
        after.ifPresent(
            value ->
                cards.add(
                    new Block.Card(
                        title,
                        before.map(b -> Digits.percent(b.value())).orElse(""),
                        Digits.percent(value.value()),
                        Shown.shareRange(value),
                        change.map(Shown::points).orElse(""),
                        tone(change, wanted))));
  }

  private static Finish number(
      List<Block.Card> cards, String title, Optional<Interval> before, Optional<Interval> after) {
    return (change, wanted) ->
        after.ifPresent(
            value ->
                cards.add(
                    new Block.Card(
                        title,
                        before.map(b -> Digits.of(b.value())).orElse(""),
                        Digits.of(value.value()),
                        Shown.range(value),
                        change.map(c -> Digits.signed(c.value())).orElse(""),
                        tone(change, wanted))));
  }

  private static String tone(Optional<Interval> change, int wanted) {
    if (wanted == 0 || change.isEmpty() || !change.get().excludesZero()) {
      return "neutral";
    }
    return Math.signum(change.get().value()) == wanted ? "good" : "bad";
  }
}
