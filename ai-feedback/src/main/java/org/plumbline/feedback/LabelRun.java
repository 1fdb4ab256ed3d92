package org.plumbline.feedback;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;

/**
 * Labels many questions at once, each exactly once: verdicts come back in the order of the
 * questions. A question whose call failed waits until the others are through and is asked again;
 * when some still fail after the last round the run ends with an error, what is known being in the
 * judge's cache. Nothing is ever labelled without a verdict.
 */
public final class LabelRun {
  private static final int ROUNDS = 4;

  private final Judge judge;
  private final int concurrency;
  private final BooleanSupplier stopRequested;
  private final IntConsumer progress;

  /**
   * Prepares a run.
   *
   * @param concurrency questions under way at once
   * @param stopRequested asked several times a second; true ends the run with a StoppedException
   * @param progress told the number of verdicts so far, from the calling thread
   */
  public LabelRun(
      Judge judge, int concurrency, BooleanSupplier stopRequested, IntConsumer progress) {
    this.judge = judge;
    this.concurrency = concurrency;
    this.stopRequested = stopRequested;
    this.progress = progress;
  }

  /**
   * The verdict on each question.
   *
   * @throws UserException when the judge cannot be reached or refuses the configuration
   * @throws StoppedException when a stop was requested
   */
  public List<Verdict> label(List<JudgeQuestion> questions) {
    Round state = new Round(questions);
    List<Integer> open = IntStream.range(0, questions.size()).boxed().toList();
    // The first alone: a judge that is not there shows at once, not after all have waited for it.
    for (int round = 0; round <= ROUNDS && !open.isEmpty(); round++) {
      List<Integer> now = round == 0 ? open.subList(0, 1) : open;
      List<Integer> later = round == 0 ? open.subList(1, open.size()) : List.of();
      open = new ArrayList<>(work(state, now, round == 0 ? 1 : concurrency));
      if (round == 0 && !open.isEmpty()) {
        throw unavailable(state, questions.size());
      }
      open.addAll(later);
    }
    if (!open.isEmpty()) {
      throw unavailable(state, questions.size());
    }
    return IntStream.range(0, questions.size()).mapToObj(state.verdicts::get).toList();
  }

  /** Works through the rows; returns those whose call failed, in their order. */
  private List<Integer> work(Round state, List<Integer> rows, int threads) {
    Queue<Integer> queue = new ConcurrentLinkedQueue<>(rows);
    ExecutorService pool = Executors.newFixedThreadPool(Math.min(threads, rows.size()));
    for (int i = 0; i < Math.min(threads, rows.size()); i++) {
      pool.execute(() -> state.drain(queue));
    }
    pool.shutdown();
    try {
      while (!pool.awaitTermination(50, TimeUnit.MILLISECONDS)) {
        progress.accept(state.done.get());
        if (stopRequested.getAsBoolean()) {
          state.halted.set(new StoppedException("stopped"));
        }
        if (state.halted.get() != null) {
          pool.shutdownNow();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      state.halted.set(new StoppedException("interrupted"));
      pool.shutdownNow();
    }
    progress.accept(state.done.get());
    state.throwIfHalted();
    return rows.stream().filter(row -> state.verdicts.get(row) == null).toList();
  }

  private static UserException unavailable(Round state, int total) {
    RuntimeException last = state.lastFailure.get();
    return new UserException(
        "%s. %d of %d pairs have their verdict, which is kept; is the judge running, and judge.url"
                .formatted(last == null ? "no answer" : last.getMessage(), state.done.get(), total)
            + " right? The same command goes on from there.",
        last == null ? new IllegalStateException("no failure recorded") : last);
  }

  /** What the threads share. */
  private final class Round {
    private final List<JudgeQuestion> questions;
    private final AtomicReferenceArray<Verdict> verdicts;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<RuntimeException> halted = new AtomicReference<>();
    private final AtomicReference<RuntimeException> lastFailure = new AtomicReference<>();

    Round(List<JudgeQuestion> questions) {
      this.questions = questions;
      this.verdicts = new AtomicReferenceArray<>(questions.size());
    }

    void drain(Queue<Integer> queue) {
      for (Integer row = queue.poll(); row != null; row = queue.poll()) {
        if (halted.get() != null) {
          return;
        }
        try {
          verdicts.set(row, judge.compare(questions.get(row)));
          done.incrementAndGet();
        } catch (JudgeUnavailableException e) {
          lastFailure.set(e);
        } catch (RuntimeException e) {
          halted.compareAndSet(null, e);
        }
      }
    }

    void throwIfHalted() {
      RuntimeException problem = halted.get();
      if (problem instanceof StoppedException) {
        throw new StoppedException(
            "stopped after %d of %d verdicts, all kept; the same command goes on from there"
                .formatted(done.get(), questions.size()));
      }
      if (problem != null) {
        throw problem;
      }
    }
  }
}
