package org.plumbline.sft;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.stage.Json;
import org.plumbline.stage.StepRows;
import org.plumbline.training.StepEvaluation;

/**
 * Perplexity of named held-out sets, exp(Σ nats / Σ tokens) over their documents. {@code
 * held-out.jsonl} keeps nats and tokens of each document, from which intervals are made.
 */
final class HeldOutSets implements StepEvaluation {
  static final String FILE = "held-out.jsonl";

  private final List<HeldOut> sets;
  private final SequenceLosses losses;
  private final StepRows written;

  /**
   * A set to follow.
   *
   * @param trained whether it is the held-out part of what the stage learns: the new domain
   * @param documents per document its rows
   */
  record HeldOut(String name, boolean trained, List<List<EncodedDialogue>> documents) {}

  /** Follows sets, each with at least one document, and keeps the figures in the directory. */
  HeldOutSets(List<HeldOut> sets, SequenceLosses losses, Path directory) {
    this.sets = sets;
    this.losses = losses;
    this.written = new StepRows(directory.resolve(FILE));
  }

  @Override
  public Map<String, Double> at(long step) throws IOException {
    return measure(step, false);
  }

  private Map<String, Double> measure(long step, boolean last) throws IOException {
    Map<String, Double> metrics = new LinkedHashMap<>();
    List<ObjectNode> rows = new ArrayList<>();
    for (HeldOut set : sets) {
      ObjectNode row = measured(set, step);
      metrics.put("eval/%s/perplexity".formatted(set.name()), row.path("perplexity").asDouble());
      rows.add(last ? row.put("final", true) : row);
    }
    written.add(rows);
    return metrics;
  }

  private ObjectNode measured(HeldOut set, long step) {
    List<EncodedDialogue> pieces = set.documents().stream().flatMap(List::stream).toList();
    double[] nats = losses.nats(pieces);
    ObjectNode row = Json.mapper().createObjectNode();
    row.put("step", step).put("set", set.name()).put("trained", set.trained());
    ArrayNode perDocument = Json.mapper().createArrayNode();
    ArrayNode tokens = Json.mapper().createArrayNode();
    double allNats = 0;
    long allTokens = 0;
    int at = 0;
    for (List<EncodedDialogue> document : set.documents()) {
      int from = at;
      at += document.size();
      double sum = IntStream.range(from, at).mapToDouble(i -> nats[i]).sum();
      int count = document.stream().mapToInt(LanguageModelObjective::lossTokens).sum();
      perDocument.add(sum);
      tokens.add(count);
      allNats += sum;
      allTokens += count;
    }
    row.put("perplexity", Math.exp(allNats / allTokens));
    row.set("nats", perDocument);
    row.set("tokens", tokens);
    return row;
  }

  /**
   * Measures the weights that stay, which may be those of an earlier step.
   *
   * @return for the summary, {@code NAME.perplexity_before} and {@code NAME.perplexity_after}
   */
  Map<String, Object> finish(long step) throws IOException {
    Map<String, Double> after = measure(step, true);
    Map<String, Object> summary = new LinkedHashMap<>();
    for (HeldOut set : sets) {
      double before =
          written.read().stream()
              .filter(row -> row.path("set").asText().equals(set.name()))
              .findFirst()
              .orElseThrow()
              .path("perplexity")
              .asDouble();
      summary.put(set.name() + ".perplexity_before", before);
      summary.put(
          set.name() + ".perplexity_after",
          after.getOrDefault("eval/%s/perplexity".formatted(set.name()), Double.NaN));
    }
    return summary;
  }

  @Override
  public void rewindTo(long step) throws IOException {
    written.rewindTo(step);
  }
}
