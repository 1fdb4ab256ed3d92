package org.plumbline.evaluation.suite;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.data.Prompt;
import org.plumbline.data.format.PromptReader;
import org.plumbline.data.world.WorldFiles;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.data.world.truth.TruthScore;
import org.plumbline.data.world.truth.TruthScorer;
import org.plumbline.evaluation.EvaluateMetrics;
import org.plumbline.evaluation.Figures;
import org.plumbline.evaluation.HeldOut;
import org.plumbline.evaluation.Measured;
import org.plumbline.evaluation.ModelEntry;
import org.plumbline.evaluation.Reply;
import org.plumbline.stage.UserException;
import org.plumbline.stage.statistics.Interval;

/** Replies to the held-out prompts of a sample world, scored by its truth; rates by group. */
final class SampleWorldSuite implements Suite {
  @Override
  public String name() {
    return "sample-world";
  }

  @Override
  public String description() {
    return "truth of replies to a sample world's test prompts; data is the world's folder";
  }

  @Override
  public void requireFits(SuiteModel model) {
    if (model.isRewardModel()) {
      throw new UserException(
          "sample-world: the model is a reward model, which writes no replies; needed: a language model");
    }
  }

  @Override
  public Measuring open(Path data) throws IOException {
    if (!WorldFiles.isWorld(data)) {
      throw new UserException(
          "%s is no sample world (no %s in it); needed: the folder of a sample-world stage"
              .formatted(data, WorldFiles.WORLD));
    }
    TruthScorer truth = TruthScorer.open(data);
    List<Prompt> prompts =
        PromptReader.read(data.resolve(WorldFiles.prompts(WorldSplit.TEST))).rows();
    return (model, options) -> measure(prompts, truth, model, options);
  }

  private static SuiteResult measure(
      List<Prompt> prompts, TruthScorer scorer, SuiteModel model, SuiteOptions options) {
    HeldOut heldOut = HeldOut.of(prompts, Optional.empty(), options.samples());
    List<Reply> replies = model.generate(heldOut.prompts(), options);
    List<Prompt> asked = heldOut.perReply();
    List<TruthScore> truth =
        IntStream.range(0, replies.size())
            .mapToObj(i -> scorer.score(asked.get(i).id(), replies.get(i).text()))
            .toList();
    Measured measured =
        new Measured(
            ModelEntry.of("model"),
            replies,
            Optional.empty(),
            Map.of(),
            Optional.of(truth),
            List.of());
    EvaluateMetrics metrics = new Figures(heldOut, options.bootstrap(), measured).of(measured);
    Map<String, Interval> figures = new LinkedHashMap<>(metrics.numbers());
    metrics
        .groups()
        .forEach(
            (name, rates) -> {
              rates.rates().forEach((group, rate) -> figures.put(name + "/" + group, rate));
              figures.put(name + "/gap", rates.gap());
            });
    return new SuiteResult(figures, "requests", rows(asked, replies, truth));
  }

  private static List<ObjectNode> rows(
      List<Prompt> asked, List<Reply> replies, List<TruthScore> truth) {
    List<ObjectNode> rows = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      rows.add(
          JsonNodeFactory.instance
              .objectNode()
              .put("id", asked.get(i).id())
              .put("prompt", asked.get(i).text())
              .put("reply", replies.get(i).text())
              .put("ended", replies.get(i).ended())
              .put("q", truth.get(i).q())
              .put("good", truth.get(i).good()));
    }
    return rows;
  }
}
