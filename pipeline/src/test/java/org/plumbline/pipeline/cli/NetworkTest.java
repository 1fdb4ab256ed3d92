package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole run, judge over HTTP included, talks to this machine only. Two witnesses: a proxy that
 * takes what Java would send elsewhere, and the system calls of the process, native libraries,
 * calls that bypass the proxy and name look-ups included.
 */
@Tag("e2e")
class NetworkTest {
  private static final String TRACER = "strace";

  /** Addresses of this machine, and families that are no network. */
  private static final String LOCAL =
      ".*(AF_UNIX|AF_NETLINK|AF_UNSPEC|inet_addr\\(\"127\\.|\"::1\"|\"::ffff:127\\.).*";

  @TempDir private static Path folder;

  private static boolean traced;
  private static List<String> askedOfProxy;
  private static List<String> outsideCalls;

  @BeforeAll
  static void wholeRun() throws IOException, InterruptedException {
    traced = tracerWorks();
    Path recipe = TinyRecipe.whole(folder);
    Path calls = folder.resolve("calls.txt");
    try (RecordingProxy proxy = new RecordingProxy();
        ChildRun child =
            ChildRun.start(
                folder, tracer(calls), proxy.options(), "run", recipe, "--output", folder)) {
      child.done();
      askedOfProxy = proxy.contacts();
    }
    assertThat(folder.resolve("tiny/ai-pairs/verdicts.jsonl")).isNotEmptyFile();
    if (traced) {
      assertThat(Files.readString(calls)).as("the judge's calls are seen").contains("127.0.0.1");
      outsideCalls = outside(calls);
    }
  }

  @Test
  void nothingIsAskedOfTheProxy() {
    assertThat(askedOfProxy).isEmpty();
  }

  @Test
  void noSystemCallNamesAnOutsideAddress() {
    assumeTracer();
    assertThat(outsideCalls).isEmpty();
  }

  @Test
  void bothWouldHaveNoticed() throws IOException, InterruptedException {
    Path calls = folder.resolve("caller.txt");
    try (RecordingProxy proxy = new RecordingProxy()) {
      outsideCaller(tracer(calls), proxy.options());
      assertThat(proxy.contacts()).anyMatch(contact -> contact.contains("outside.invalid"));
    }
    assumeTracer();
    assertThat(outside(calls)).as("DJL's report bypasses the proxy").isNotEmpty();
  }

  /** The calls that name an address elsewhere, or any name server. */
  private static List<String> outside(Path calls) throws IOException {
    try (Stream<String> lines = Files.lines(calls, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.contains("sa_family"))
          .filter(line -> !line.matches(LOCAL) || line.contains("htons(53)"))
          .toList();
    }
  }

  private static List<String> tracer(Path calls) {
    String traced = "trace=connect,sendto,sendmsg,sendmmsg";
    return NetworkTest.traced
        ? List.of(TRACER, "-f", "-qq", "-e", traced, "-o", calls.toString())
        : List.of();
  }

  private static void outsideCaller(List<String> prefix, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), OutsideCaller.class.getName()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("caller.log").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private static void assumeTracer() {
    Assumptions.assumeTrue(traced, TRACER + " is absent or not permitted here");
  }

  private static boolean tracerWorks() throws InterruptedException {
    try {
      return new ProcessBuilder(TRACER, "-f", "-qq", "-e", "trace=connect", "true")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("tracer.log").toFile())
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // not installed
    }
  }
}
