package org.plumbline.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of one stage in its directory: {@code metrics.jsonl} (byte-equal for equal runs), {@code
 * timings.jsonl}, and TensorBoard event files with both, timings under {@code timing/}.
 */
public final class MetricFiles implements MetricSink, AutoCloseable {
  private final Path directory;
  private final Clock clock;
  private final RowLog metrics;
  private final RowLog timings;
  private @Nullable TensorBoardFile events;
  private OptionalLong purgeFrom = OptionalLong.empty();

  /** Writes into an existing stage directory; files are made with their first row. */
  public MetricFiles(Path directory) {
    this(directory, Clock.systemUTC());
  }

  /**
   * @param clock wall time of TensorBoard events; no other file holds it
   */
  public MetricFiles(Path directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
    this.metrics = new RowLog(directory.resolve("metrics.jsonl"));
    this.timings = new RowLog(directory.resolve("timings.jsonl"));
  }

  @Override
  public void row(long step, Map<String, Double> values) {
    Map<String, Double> row = checked(step, values);
    run(
        () -> {
          metrics.append(step, row);
          events().scalars(step, row);
        });
  }

  @Override
  public void timing(long step, Map<String, Double> values) {
    Map<String, Double> row = checked(step, values);
    Map<String, Double> tagged = new LinkedHashMap<>();
    row.forEach((name, value) -> tagged.put("timing/" + name, value));
    run(
        () -> {
          timings.append(step, row);
          events().scalars(step, tagged);
        });
  }

  @Override
  public void rewindTo(long step) {
    run(
        () -> {
          metrics.rewindTo(step);
          timings.rewindTo(step);
          closeEvents();
          purgeFrom = OptionalLong.of(step + 1);
        });
  }

  @Override
  public void flush() {
    run(
        () -> {
          metrics.flush();
          timings.flush();
          if (events != null) {
            events.flush();
          }
        });
  }

  @Override
  public void close() {
    run(
        () -> {
          metrics.close();
          timings.close();
          closeEvents();
        });
  }

  private TensorBoardFile events() throws IOException {
    if (events == null) {
      Files.createDirectories(directory);
      events = TensorBoardFile.create(directory, clock, purgeFrom);
    }
    return events;
  }

  private void closeEvents() throws IOException {
    if (events != null) {
      events.close();
      events = null;
    }
  }

  /**
   * The values in an order that equal runs share: as inserted, or sorted where a map has no order.
   */
  private static Map<String, Double> checked(long step, Map<String, Double> values) {
    boolean ordered = values instanceof LinkedHashMap || values instanceof SortedMap;
    Map<String, Double> row = ordered ? values : new TreeMap<>(values);
    row.forEach(
        (name, value) -> {
          if (name.equals("step")) {
            throw new IllegalArgumentException("a metric must not be called \"step\"");
          }
          if (!Double.isFinite(value)) {
            throw new UserException(
                "metric %s is %s at step %d. The run cannot go on from here; the last checkpoint is good. Likely a learning rate too high, or a broken input row."
                    .formatted(name, value, step));
          }
        });
    return row;
  }

  @FunctionalInterface
  private interface DiskWork {
    void run() throws IOException;
  }

  private void run(DiskWork work) {
    try {
      work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(AtomicFiles.explained(directory, e));
    }
  }
}
