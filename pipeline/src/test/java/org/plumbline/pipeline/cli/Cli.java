package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.plumbline.model.OfflineDjl;
import org.plumbline.stage.StopSignal;

/** Command lines run within this process. */
final class Cli {
  static {
    beforeTheEngineStarts();
  }

  private Cli() {}

  /**
   * One thread per operation, as the child processes have: sums come out alike only for equal
   * numbers of threads, and tiny models gain nothing from more.
   */
  static void beforeTheEngineStarts() {
    OfflineDjl.set();
    System.setProperty("ai.djl.pytorch.num_threads", "1");
  }

  /**
   * What a user sees of a command.
   *
   * @param code exit code
   */
  record Result(int code, String out, String err) {
    /** Done without a word on stderr. */
    Result done() {
      assertThat(code).as("%s%n%s", out, err).isZero();
      return this;
    }

    /** Refused before any work, in one readable block that holds these words. */
    Result refused(String... words) {
      return ended(2, words);
    }

    /** Failed at work, in one readable block that holds these words. */
    Result failed(String... words) {
      return ended(1, words);
    }

    private Result ended(int expected, String... words) {
      assertThat(code).as("%s%n%s", out, err).isEqualTo(expected);
      assertThat(err).startsWith("error: ").doesNotContain("\tat ", "likely a defect");
      for (String word : words) {
        assertThat(err).containsIgnoringCase(word);
      }
      return this;
    }
  }

  static Result run(Object... arguments) {
    return run(new StopSignal(line -> {}), arguments);
  }

  static Result run(StopSignal stop, Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.execute(
            Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            stop);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs a command that reads these lines from standard input. */
  static Result typed(String input, Object... arguments) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return run(arguments);
    } finally {
      System.setIn(before);
    }
  }
}
