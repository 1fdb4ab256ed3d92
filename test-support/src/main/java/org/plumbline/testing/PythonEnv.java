package org.plumbline.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * The Python interpreter that the system property {@code plumbline.python} names, for tests against
 * packages of the field. Without one, tests are skipped and say so.
 */
public final class PythonEnv {
  /** System property that names the interpreter. */
  public static final String PROPERTY = "plumbline.python";

  private static final long TIMEOUT_SECONDS = 600;

  private PythonEnv() {}

  /** True if an interpreter is named. */
  public static boolean isAvailable() {
    return !System.getProperty(PROPERTY, "").isBlank();
  }

  /** Skips the calling test when no interpreter is named. */
  public static void assume() {
    Assumptions.assumeTrue(
        isAvailable(),
        "no Python: name an interpreter with the needed packages by -D" + PROPERTY + "=…");
  }

  /**
   * Runs a script, offline and with a fixed hash seed; skips the calling test when there is no
   * interpreter.
   *
   * @param script Python source
   * @param arguments {@code sys.argv[1:]}
   * @return what it wrote to standard output
   * @throws AssertionError with all output when it fails or takes longer than ten minutes
   */
  public static String run(String script, String... arguments) {
    assume();
    try {
      Path folder = Files.createTempDirectory("plumbline-python");
      try {
        return run(folder, script, arguments);
      } finally {
        for (String name : List.of("script.py", "out.txt", "err.txt")) {
          Files.deleteIfExists(folder.resolve(name));
        }
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new AssertionError("cannot run Python: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while Python ran", e);
    }
  }

  private static String run(Path folder, String script, String... arguments)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("script.py"), script);
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    List<String> command = new ArrayList<>(List.of(System.getProperty(PROPERTY), file.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "PYTHONHASHSEED", "0",
                "PYTHONIOENCODING", "utf-8",
                "PYTHONDONTWRITEBYTECODE", "1",
                "HF_HUB_OFFLINE", "1",
                "TOKENIZERS_PARALLELISM", "false"));
    Process process = builder.start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String output = Files.readString(out, StandardCharsets.UTF_8);
    if (!ended || process.exitValue() != 0) {
      throw new AssertionError(
          (ended ? "Python exit code " + process.exitValue() : "Python took over ten minutes")
              + "\n"
              + output
              + Files.readString(err, StandardCharsets.UTF_8));
    }
    return output;
  }
}
