package org.plumbline.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.architecture.DecodingSession;
import org.plumbline.model.config.BeamConfig;
import org.plumbline.model.generation.BeamState.Beam;

/**
 * Beam search of several prompts side by side. The prompts are read once; from the first step on
 * each has as many rows as beams, and the cache follows the beams. Prompts that are done leave.
 */
final class BeamBatch {
  private final GenerationCall call;
  private final SamplingConfig config;
  private final int candidates;
  private final List<BeamState> states;
  private List<BeamState> alive;

  /** A batch of empty replies, one per prompt. */
  BeamBatch(GenerationCall call, List<Draft> drafts, BeamConfig beams) {
    this.call = call;
    this.config = call.config();
    // Enough that as many as beams go on, even if each beam's best tokens are stop ids.
    this.candidates = Math.max(2, 1 + config.stopIds().size()) * beams.beams();
    this.states = drafts.stream().map(draft -> new BeamState(beams, draft)).toList();
    this.alive = states;
  }

  /**
   * The best continuations of each prompt.
   *
   * @param sums log-probabilities of the replies, best first, prompt by prompt
   * @param places row * V + token
   * @param logProbs of the tokens, without rules; empty if nobody asks
   */
  private record Best(float[] sums, long[] places, float[] logProbs) {}

  /**
   * Searches to the end.
   *
   * @param returned replies per prompt
   * @return prompt by prompt, best first
   */
  List<GeneratedRow> run(int returned) {
    search();
    return states.stream()
        .flatMap(
            state -> state.best(returned).stream().map(best -> new GeneratedRow(state.row(), best)))
        .toList();
  }

  private void search() {
    List<Draft> empty = states.stream().map(state -> state.running().get(0).draft()).toList();
    try (NDManager scope = call.newScope();
        DecodingSession session = call.session(empty)) {
      NDArray logits = call.read(scope, session, empty.stream().map(Draft::prompt).toList(), empty);
      while (true) {
        advance(logits);
        logits.close();
        List<Beam> going =
            alive.stream()
                .filter(state -> !state.isDone())
                .flatMap(state -> state.running().stream())
                .toList();
        if (going.isEmpty()) {
          return;
        }
        alive = alive.stream().filter(state -> !state.isDone()).toList();
        session.keep(going.stream().mapToInt(Beam::parent).toArray());
        logits = session.step(scope, going.stream().mapToInt(Beam::token).toArray());
      }
    }
  }

  /** Goes one token on with each prompt. */
  private void advance(NDArray logits) {
    List<Beam> beams = alive.stream().flatMap(state -> state.running().stream()).toList();
    Best best = best(logits, beams);
    int vocabulary = Math.toIntExact(logits.getShape().get(1));
    int each = best.sums().length / alive.size();
    for (int p = 0; p < alive.size(); p++) {
      List<Beam> continuations = new ArrayList<>();
      for (int i = p * each; i < (p + 1) * each; i++) {
        int row = Math.toIntExact(best.places()[i] / vocabulary);
        int token = Math.toIntExact(best.places()[i] % vocabulary);
        float logProb = config.logProbs() ? best.logProbs()[i] : 0;
        Draft longer = beams.get(row).draft().extended(token, logProb);
        continuations.add(new Beam(longer, best.sums()[i], row));
      }
      alive.get(p).advance(continuations, draft -> draft.stops(config, call.stop()));
    }
  }

  private Best best(NDArray logits, List<Beam> beams) {
    try (NDManager scope = call.newScope()) {
      List<Draft> drafts = beams.stream().map(Beam::draft).toList();
      call.finite().requireFinite(scope, logits, drafts);
      NDArray logProbs = call.kernels().one(scope, false, "log_softmax", logits);
      NDArray ruled = call.chain().ruled(scope, logProbs, drafts);
      float[] running = new float[beams.size()];
      for (int b = 0; b < running.length; b++) {
        running[b] = beams.get(b).score();
      }
      long continuations = beams.size() / alive.size() * logits.getShape().get(1);
      NDList best =
          call.kernels()
              .call(
                  scope,
                  "best_continuations",
                  ruled,
                  scope.create(running),
                  alive.size(),
                  Math.min(candidates, continuations));
      NDArray places = best.get(1);
      NDArray picked =
          config.logProbs()
              ? call.kernels().one(scope, false, "values", logProbs, places)
              : scope.create(new float[0]);
      return new Best(best.get(0).toFloatArray(), places.toLongArray(), picked.toFloatArray());
    }
  }
}
