package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line as a process of its own, which can be killed. */
final class ChildRun implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 240;

  private final Process process;
  private final Path log;

  private ChildRun(Path folder, Path directory, List<String> command) throws IOException {
    log = Files.createTempFile(folder, "child", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toAbsolutePath().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("OMP_NUM_THREADS", "1");
    // Memory that was given back is overwritten: whoever still reads it does not go unnoticed.
    builder.environment().put("MALLOC_PERTURB_", "165");
    process = builder.start();
  }

  /**
   * Starts {@code plumbline ARGUMENTS}.
   *
   * @param prefix what stands before {@code java}, such as a tracer
   * @param options of the JVM
   */
  static ChildRun start(Path folder, List<String> prefix, List<String> options, Object... arguments)
      throws IOException {
    return new ChildRun(folder, Path.of(""), command(prefix, options, arguments));
  }

  static ChildRun start(Path folder, Object... arguments) throws IOException {
    return start(folder, List.of(), List.of(), arguments);
  }

  /** Starts it in another working directory. */
  static ChildRun startIn(Path directory, Path folder, Object... arguments) throws IOException {
    return new ChildRun(folder, directory, command(List.of(), List.of(), arguments));
  }

  private static List<String> command(
      List<String> prefix, List<String> options, Object... arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.add("-Dai.djl.pytorch.num_threads=1");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    for (Object argument : arguments) {
      command.add(String.valueOf(argument));
    }
    return command;
  }

  /** Waits until a file holds so many lines; false if the process ended first. */
  boolean awaitLines(Path file, int lines) throws IOException, InterruptedException {
    while (process.isAlive()) {
      if (Files.exists(file) && (lines == 0 || lines(file) >= lines)) {
        return true;
      }
      Thread.sleep(2);
    }
    return false;
  }

  private static long lines(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8).chars().filter(c -> c == '\n').count();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Exit code; fails with the output when it takes too long. */
  int await(long seconds) throws IOException, InterruptedException {
    assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
        .as("still running after %d s: %s", seconds, output())
        .isTrue();
    return process.exitValue();
  }

  /** Waits for exit code 0. */
  void done() throws IOException, InterruptedException {
    int code = await(TIMEOUT_SECONDS);
    assertThat(code).as(output()).isZero();
  }

  String output() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
