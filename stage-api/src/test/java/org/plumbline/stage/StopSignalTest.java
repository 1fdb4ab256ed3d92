package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StopSignalTest {
  @TempDir Path folder;

  @Test
  void theFirstRequestIsSaidOnce() {
    List<String> said = new ArrayList<>();
    StopSignal stop = new StopSignal(said::add);
    assertThat(stop.isRequested()).isFalse();
    assertThat(stop.request()).isTrue();
    assertThat(stop.request()).isFalse();
    assertThat(stop.isRequested()).isTrue();
    assertThat(said)
        .containsExactly(
            "Stopping after this step; writing a checkpoint. Once more to stop at once.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalLetsTheCheckpointBeWrittenAndEndsWith130(String signal) throws Exception {
    Assumptions.assumeFalse(
        signal.equals("INT") && ignoresInterrupt(), "SIGINT is ignored: started in the background");
    Process child = child("patient");
    send(signal, child);
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(130);
    assertThat(folder.resolve("checkpoint")).hasContent("complete");
    assertThat(Files.readString(folder.resolve("out.txt"))).contains("writing a checkpoint");
  }

  @Test
  void aSecondSignalEndsItAtOnce() throws Exception {
    Process child = child("stubborn");
    send("TERM", child);
    for (int i = 0;
        i < 1000 && !Files.readString(folder.resolve("out.txt")).contains("Stopping");
        i++) {
      Thread.sleep(10);
    }
    send("TERM", child);
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(130);
    assertThat(folder.resolve("checkpoint")).doesNotExist();
  }

  /** Shells let what they start in the background ignore SIGINT, and children inherit that. */
  private static boolean ignoresInterrupt() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.isReadable(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .anyMatch(mask -> (mask >> 1 & 1) == 1);
  }

  private Process child(String kind) throws Exception {
    Assumptions.assumeFalse(
        System.getProperty("os.name").startsWith("Windows"), "no SIGTERM on Windows");
    Process child = ChildProcess.start(folder.resolve("out.txt"), kind, folder.toString());
    RunLockTest.await(folder.resolve("ready"), child);
    return child;
  }

  private static void send(String signal, Process child) throws Exception {
    Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + child.pid()).start();
    assertThat(kill.waitFor()).isZero();
  }
}
