package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  private Path run() {
    return folder.resolve("run");
  }

  private void refused(String... parts) {
    assertThatThrownBy(() -> RunLock.acquire(run(), said::add))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(parts);
  }

  private void hold(long pid, String host, String processStart) throws IOException {
    Files.createDirectories(run());
    Files.writeString(
        run().resolve(RunLock.FILE),
        Json.line(new RunLock.Holder(pid, host, "2026-01-01T00:00:00Z", processStart)));
  }

  @Test
  void aSecondWriterOfTheSameProcessIsRefused() throws Exception {
    RunLock lock = RunLock.acquire(run(), said::add);
    refused(
        "run is being written by pid "
            + ProcessHandle.current().pid()
            + " on host "
            + HostName.get(),
        "Wait for it, stop it, or choose another --output.");
    lock.close();
    RunLock.acquire(run(), said::add).close();
    assertThat(said).isEmpty();
    assertThat(run().resolve(RunLock.FILE)).isEmptyFile();
  }

  @Test
  void anotherProcessIsRefusedUntilItIsKilled() throws Exception {
    Process child =
        ChildProcess.start(folder.resolve("out.txt"), "lock", run().toAbsolutePath().toString());
    try {
      await(run().resolve("ready"), child);
      refused("pid " + child.pid() + " on host " + HostName.get());
      refused("pid " + child.pid());
    } finally {
      child.destroyForcibly().waitFor();
    }
    try (RunLock lock = RunLock.acquire(run(), said::add)) {
      assertThat(lock).isNotNull();
      assertThat(said)
          .containsExactly(
              "The process that wrote %s before (pid %d) ended without cleaning up; taking over."
                  .formatted(run(), child.pid()));
    }
  }

  @Test
  void whereLocksDoNotReachTheContentDecides() throws Exception {
    hold(1, "another-host", "");
    refused(
        "pid 1 on host another-host, since 2026-01-01T00:00:00Z",
        "If that process is gone, delete ",
        RunLock.FILE);

    ProcessHandle self = ProcessHandle.current();
    hold(self.pid(), HostName.get(), self.info().startInstant().orElseThrow().toString());
    refused("pid " + self.pid());

    hold(self.pid(), HostName.get(), "2001-01-01T00:00:00Z"); // an earlier process of this id
    RunLock.acquire(run(), said::add).close();
    hold(Long.MAX_VALUE >> 1, HostName.get(), "");
    RunLock.acquire(run(), said::add).close();
    assertThat(said).hasSize(2);
  }

  @Test
  void contentThatWasNotWrittenWholeIsNoHolder() throws Exception {
    Files.createDirectories(run());
    for (String text : List.of("{\"pid\":", "{}", "\n")) {
      Files.writeString(run().resolve(RunLock.FILE), text);
      RunLock.acquire(run(), said::add).close();
    }
    assertThat(said).isEmpty();
  }

  static void await(Path file, Process child) throws Exception {
    for (int i = 0; i < 3000 && !Files.exists(file); i++) {
      assertThat(child.isAlive()).as("child process").isTrue();
      Thread.sleep(10);
    }
    assertThat(file).exists();
  }
}
