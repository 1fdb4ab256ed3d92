package org.plumbline.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.MetricFiles;

/** TensorBoard itself against our event files; beside the Python environment that it needs. */
class TensorBoardTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-09-21T14:13:20.250Z"), ZoneOffset.UTC);

  @TempDir private Path stage;

  @Test
  @Tag("parity")
  void tensorBoardItselfReadsTheFiles() {
    PythonEnv.assume();
    try (MetricFiles files = new MetricFiles(stage, CLOCK)) {
      for (int step = 1; step <= 5; step++) {
        files.row(step, Map.of("loss", (double) step, "kl", 0.5));
      }
      files.rewindTo(3);
      files.row(4, Map.of("loss", 40.0, "kl", 0.25));
      files.timing(4, Map.of("seconds", 2.0));
    }
    String output =
        PythonEnv.run(
            """
            import sys
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            events = EventAccumulator(sys.argv[1]); events.Reload()
            for tag in sorted(events.Tags()["scalars"]):
                print(tag, [(e.step, e.value) for e in events.Scalars(tag)])
            print(events.FirstEventTimestamp())
            """,
            stage.toString());
    assertThat(output.strip().lines())
        .containsExactly(
            "kl [(1, 0.5), (2, 0.5), (3, 0.5), (4, 0.25)]",
            "loss [(1, 1.0), (2, 2.0), (3, 3.0), (4, 40.0)]",
            "timing/seconds [(4, 2.0)]",
            "1790000000.25");
  }
}
