package org.plumbline.stage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What tests run in a JVM of its own, to be killed. */
final class ChildProcess {
  private ChildProcess() {}

  /** Starts {@code main} of this class with arguments; output goes to a file. */
  static Process start(Path output, String... arguments) throws IOException {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                path,
                ChildProcess.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  public static void main(String[] arguments) throws Exception {
    Consumer<String> say = System.out::println;
    Path folder = Path.of(arguments[1]);
    if (arguments[0].equals("lock")) {
      RunLock lock = RunLock.acquire(folder, say);
      AtomicFiles.DISK.writeString(folder.resolve("ready"), "");
      Thread.sleep(Duration.ofMinutes(5).toMillis());
      lock.close();
    } else {
      StopSignal stop = StopSignal.install(say);
      AtomicFiles.DISK.writeString(folder.resolve("ready"), "");
      while (!stop.isRequested()) {
        Thread.sleep(10);
      }
      Thread.sleep(arguments[0].equals("stubborn") ? 300_000 : 300); // the checkpoint takes a while
      AtomicFiles.DISK.writeString(folder.resolve("checkpoint"), "complete");
      System.exit(StopSignal.EXIT_CODE);
    }
  }
}
