package org.plumbline.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.DecodingSession;

/**
 * Rows that are drawn together. Equal prompts with the same adapters are read once and their caches
 * repeated; rows that end leave the batch.
 */
final class SampledBatch {
  private final GenerationCall call;
  private final SamplingConfig config;
  private final boolean leaveAtOnce;
  private final List<GeneratedRow> results = new ArrayList<>();
  private List<Draft> rows;
  private List<UniformRandomProvider> streams;

  /**
   * A batch of empty replies.
   *
   * @param streams random stream of each row of the call; not asked if greedy
   */
  SampledBatch(GenerationCall call, List<Draft> rows, IntFunction<UniformRandomProvider> streams) {
    this.call = call;
    this.config = call.config();
    this.rows = rows;
    this.streams =
        config.isGreedy()
            ? List.of()
            : rows.stream().map(draft -> streams.apply(draft.row())).toList();
    this.leaveAtOnce = rows.stream().anyMatch(draft -> call.endsAtPositions(draft.prompt()));
  }

  /**
   * One step's tokens.
   *
   * @param logProbs empty if nobody asks
   */
  private record Choice(int[] tokens, float[] logProbs) {}

  /** Draws all replies, in the order in which they end. */
  List<GeneratedRow> run() {
    Map<Reading, Draft> readings = new LinkedHashMap<>();
    rows.forEach(draft -> readings.putIfAbsent(reading(draft), draft));
    try (NDManager scope = call.newScope();
        DecodingSession session = call.session(List.copyOf(readings.values()))) {
      NDArray logits = readPrompts(scope, session, List.copyOf(readings.keySet()));
      while (true) {
        Choice choice = choose(logits);
        logits.close();
        int[] going = append(choice);
        if (going.length == 0) {
          return results;
        }
        int[] tokens = choice.tokens();
        if (leave(going.length)) {
          session.keep(going);
          tokens = Arrays.stream(going).map(i -> choice.tokens()[i]).toArray();
          rows = at(rows, going);
          streams = config.isGreedy() ? streams : at(streams, going);
        }
        logits = session.step(scope, tokens);
      }
    }
  }

  /** A cache copy pays for itself once a quarter of the rows is gone. */
  private boolean leave(int going) {
    return going <= rows.size() * 3 / 4 || leaveAtOnce && going < rows.size();
  }

  private static <T> List<T> at(List<T> all, int[] places) {
    return Arrays.stream(places).mapToObj(all::get).toList();
  }

  /** What has to be read once, for however many replies. */
  private record Reading(IntBuffer prompt, List<Adapter> adapters) {}

  private Reading reading(Draft draft) {
    return new Reading(IntBuffer.wrap(draft.prompt()), call.adapters().of(draft.row()));
  }

  private NDArray readPrompts(NDManager scope, DecodingSession session, List<Reading> readings) {
    List<int[]> prompts = readings.stream().map(reading -> reading.prompt().array()).toList();
    NDArray logits = call.read(scope, session, prompts, rows);
    if (prompts.size() == rows.size()) {
      return logits;
    }
    int[] places = rows.stream().mapToInt(draft -> readings.indexOf(reading(draft))).toArray();
    session.keep(places);
    try (NDArray once = logits;
        NDArray index = scope.create(Arrays.stream(places).asLongStream().toArray())) {
      return call.kernels().one(scope, false, "rows", once, index);
    }
  }

  /** Notes the tokens; gives the places of the rows that go on. */
  private int[] append(Choice choice) {
    for (int i = 0; i < rows.size(); i++) {
      Draft draft = rows.get(i);
      if (draft.isEnded()) {
        continue;
      }
      draft.append(choice.tokens()[i], config.logProbs() ? choice.logProbs()[i] : 0);
      boolean stopped = draft.stops(config, call.stop());
      if (stopped || draft.isFull()) {
        draft.end();
        results.add(new GeneratedRow(draft.row(), draft.generated(stopped)));
      }
    }
    return IntStream.range(0, rows.size()).filter(i -> !rows.get(i).isEnded()).toArray();
  }

  private Choice choose(NDArray logits) {
    try (NDManager scope = call.newScope()) {
      call.finite().requireFinite(scope, logits, rows);
      NDArray z = call.chain().ruled(scope, logits, rows);
      NDArray chosen;
      if (config.isGreedy()) {
        chosen = call.kernels().one(scope, false, "greedy", z);
      } else {
        double[] uniform =
            streams.stream().mapToDouble(UniformRandomProvider::nextDouble).toArray();
        NDArray left = call.chain().truncated(scope, z);
        chosen = call.kernels().one(scope, false, "choose", left, scope.create(uniform));
      }
      int[] tokens = Arrays.stream(chosen.toLongArray()).mapToInt(Math::toIntExact).toArray();
      return new Choice(tokens, config.logProbs() ? logProbs(scope, logits, chosen) : new float[0]);
    }
  }

  private float[] logProbs(NDManager scope, NDArray logits, NDArray chosen) {
    double temperature = config.isGreedy() ? 1 : config.temperature();
    return call.kernels()
        .one(scope, false, "log_probs", logits, temperature, chosen)
        .toFloatArray();
  }
}
