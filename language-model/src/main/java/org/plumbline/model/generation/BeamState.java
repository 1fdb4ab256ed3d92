package org.plumbline.model.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.plumbline.model.config.BeamConfig;

/**
 * Beam search of one prompt, its books kept as in transformers' {@code _beam_search} (5.23), in
 * float32: running replies, finished replies, and when to end.
 */
final class BeamState {
  /** What transformers adds to the score of a reply that cannot go on. */
  private static final float OUT = -1e9f;

  private final BeamConfig config;
  private List<Beam> running;
  private List<Finished> finished = List.of();
  private boolean done;

  /**
   * A reply that may go on.
   *
   * @param score its log-probability, rules applied, nats
   * @param parent row of the batch that it continues
   */
  record Beam(Draft draft, float score, int parent) {
    /** Its last token. */
    int token() {
      return draft.at(draft.size() - 1);
    }
  }

  private record Finished(Draft draft, float score, boolean stopped) {}

  private record Candidate(Beam beam, boolean stopped, boolean ended) {}

  BeamState(BeamConfig config, Draft empty) {
    this.config = config;
    this.running = List.of(new Beam(empty, 0, 0));
  }

  /**
   * Goes one token on.
   *
   * @param best the best continuations of the running replies, best first
   * @param stops whether a reply's last token, or its text, ends it
   */
  void advance(List<Beam> best, Predicate<Draft> stops) {
    List<Candidate> candidates =
        best.stream()
            .map(
                beam -> {
                  boolean stopped = stops.test(beam.draft());
                  return new Candidate(beam, stopped, stopped || beam.draft().isFull());
                })
            .toList();
    running =
        candidates.stream()
            .map(BeamState::stillRunning)
            .sorted(Comparator.comparingDouble(Beam::score).reversed())
            .limit(config.beams())
            .toList();
    finish(candidates.subList(0, Math.min(config.beams(), candidates.size())));
    done = candidates.stream().allMatch(Candidate::ended) || !mayImprove();
  }

  private static Beam stillRunning(Candidate candidate) {
    Beam beam = candidate.beam();
    return candidate.ended() ? new Beam(beam.draft(), beam.score() + OUT, beam.parent()) : beam;
  }

  /** Of those that ended only the very best count; the others are there to keep beams running. */
  private void finish(List<Candidate> first) {
    List<Finished> all = new ArrayList<>(finished);
    for (Candidate candidate : first) {
      Beam beam = candidate.beam();
      if (candidate.ended() && beam.score() != Float.NEGATIVE_INFINITY) {
        all.add(new Finished(beam.draft(), penalised(beam), candidate.stopped()));
      }
    }
    finished =
        all.stream()
            .sorted(Comparator.comparingDouble(Finished::score).reversed())
            .limit(config.beams())
            .toList();
  }

  private boolean mayImprove() {
    if (finished.size() < config.beams()) {
      return running.get(0).score() > OUT;
    }
    return !config.earlyStopping()
        && penalised(running.get(0)) > finished.get(finished.size() - 1).score();
  }

  private float penalised(Beam beam) {
    return beam.score() / (float) Math.pow(beam.draft().length(), config.lengthPenalty());
  }

  /** Place of the prompt in the call. */
  int row() {
    return running.get(0).draft().row();
  }

  /** Replies that go on, best first; one at the start, then as many as beams. */
  List<Beam> running() {
    return running;
  }

  boolean isDone() {
    return done;
  }

  /**
   * The best finished replies, best first.
   *
   * @throws IllegalArgumentException where rules leave fewer
   */
  List<Generated> best(int count) {
    if (finished.size() < count) {
      throw new IllegalArgumentException(
          "prompt %d has %d replies under these rules but %d are asked for; ask for fewer or loosen the rules"
              .formatted(row() + 1, finished.size(), count));
    }
    return finished.subList(0, count).stream()
        .map(reply -> reply.draft().generated(reply.stopped()))
        .toList();
  }
}
