package org.plumbline.evaluation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.statistics.Interval;

/**
 * The files of an evaluation artifact: {@code evaluation.json} with every figure, {@code
 * samples.jsonl} with one row per prompt and each model's replies to it.
 */
final class EvaluationFile {
  static final String NUMBERS = "evaluation.json";
  static final String SAMPLES = "samples.jsonl";

  private EvaluationFile() {}

  static void write(
      Path directory,
      EvaluateConfig config,
      HeldOut heldOut,
      long seed,
      List<EvaluateMetrics> figures,
      Measurement.Result measured)
      throws IOException {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("baseline", config.baseline());
    root.put("reference", config.referenceEntry().label());
    root.put("prompts", heldOut.prompts().size());
    root.put("units", heldOut.units().size());
    root.put("samples", heldOut.samples());
    root.put("temperature", config.temperature());
    root.put("seed", seed);
    root.put(
        "intervals",
        "95 %% percentile bootstrap, %d draws over %d independent prompts; one seed: they cover the"
                .formatted(config.resamples(), heldOut.units().size())
            + " choice of prompts only");
    ArrayNode models = root.putArray("models");
    figures.forEach(figure -> models.add(model(figure)));
    put(root.putObject("reward_accuracy"), measured.rewardAccuracy());
    AtomicFiles.DISK.writeString(directory.resolve(NUMBERS), Json.pretty(root));
    JsonLines.write(
        directory.resolve(SAMPLES),
        sink -> {
          for (int prompt = 0; prompt < heldOut.prompts().size(); prompt++) {
            sink.write(sample(heldOut, measured.models(), prompt));
          }
        });
  }

  private static ObjectNode model(EvaluateMetrics figures) {
    ObjectNode model = JsonNodeFactory.instance.objectNode();
    model.put("name", figures.model().label());
    model.put("model", figures.model().model());
    figures.model().adapter().ifPresent(adapter -> model.put("adapter", adapter));
    put(model.putObject("numbers"), figures.numbers());
    put(model.putObject("change"), figures.change());
    ObjectNode winRates = model.putObject("win_rates");
    figures
        .winRates()
        .forEach(
            (name, rate) -> {
              ObjectNode node = rate.rate().json();
              node.put("wins", rate.wins()).put("ties", rate.ties()).put("losses", rate.losses());
              winRates.set(name, node);
            });
    ObjectNode groups = model.putObject("groups");
    figures
        .groups()
        .forEach(
            (name, rates) -> {
              ObjectNode node = groups.putObject(name);
              put(node.putObject("rates"), rates.rates());
              node.set("gap", rates.gap().json());
              node.set("signed", rates.signed().json());
              Interval change = figures.gapChange().get(name);
              if (change != null) {
                node.set("gap_change", change.json());
              }
            });
    return model;
  }

  private static void put(ObjectNode node, Map<String, Interval> intervals) {
    intervals.forEach((name, interval) -> node.set(name, interval.json()));
  }

  private static ObjectNode sample(HeldOut heldOut, List<Measured> measured, int prompt) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("id", heldOut.prompts().get(prompt).id());
    row.put("prompt", heldOut.prompts().get(prompt).text());
    ObjectNode replies = row.putObject("replies");
    for (Measured model : measured) {
      ArrayNode list = replies.putArray(model.label());
      for (int sample = 0; sample < heldOut.samples(); sample++) {
        int i = prompt * heldOut.samples() + sample;
        ObjectNode reply = list.addObject();
        reply.put("reply", model.replies().get(i).text());
        reply.put("ended", model.replies().get(i).ended());
        model.kl().ifPresent(kl -> reply.put("kl", kl[i]));
        ObjectNode rewards = reply.putObject("rewards");
        model.rewards().forEach((name, values) -> rewards.put(name, values[i]));
        model.truth().ifPresent(t -> reply.put("q", t.get(i).q()).put("good", t.get(i).good()));
      }
    }
    return row;
  }
}
