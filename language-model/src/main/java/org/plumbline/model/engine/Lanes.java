package org.plumbline.model.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Independent parts of one computation side by side, each on one thread of its own. The matrices of
 * a small model cannot feed several threads of one operation; several parts can. Results come in
 * the order of the parts, so sums over them do not depend on the number of lanes.
 */
public final class Lanes {
  /** One part after the other, each on all threads of the engine. */
  public static final Lanes ONE = new Lanes(1);

  private final int width;

  private Lanes(int width) {
    this.width = width;
  }

  /** As many lanes as the engine has threads. */
  public static Lanes all() {
    return of(Engine.threads());
  }

  /** A number of lanes, at least one. */
  static Lanes of(int width) {
    return width <= 1 ? ONE : new Lanes(width);
  }

  /** Parts that run at once. */
  public int width() {
    return width;
  }

  /**
   * Does the work for each part; an error in one is thrown when all have ended.
   *
   * @param work must not depend on which thread it runs on
   */
  public <T, R> List<R> map(List<T> parts, Function<? super T, ? extends R> work) {
    List<R> results = new ArrayList<>();
    if (width == 1 || parts.size() <= 1) {
      for (T part : parts) {
        results.add(work.apply(part));
      }
      return results;
    }
    List<Future<R>> running = new ArrayList<>();
    for (T part : parts) {
      running.add(Pool.THREADS.submit(() -> work.apply(part)));
    }
    RuntimeException first = null;
    for (Future<R> future : running) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        first = first == null ? unchecked(e) : first;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        first = first == null ? new IllegalStateException("interrupted while computing", e) : first;
      }
    }
    if (first != null) {
      throw first;
    }
    return results;
  }

  private static RuntimeException unchecked(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }

  /** Made when first used; the engine's thread count is read before the lanes set their own. */
  private static final class Pool {
    private static final ExecutorService THREADS =
        Executors.newFixedThreadPool(
            Math.max(2, Engine.threads()),
            work -> {
              Thread thread =
                  new Thread(
                      () -> {
                        JniUtils.setNumThreads(1);
                        work.run();
                      },
                      "lane");
              thread.setDaemon(true);
              return thread;
            });
  }
}
