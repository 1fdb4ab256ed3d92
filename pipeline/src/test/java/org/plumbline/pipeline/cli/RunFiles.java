package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.plumbline.stage.Hashes;

/** The files of a run that equal runs share byte for byte. */
final class RunFiles {
  private RunFiles() {}

  /**
   * Hashes of manifests, metrics, samples and artifacts by path; without wall times (timings,
   * TensorBoard events, the reports) and the judge's cache, whose rows stand in the order in which
   * replies arrived.
   */
  static SortedMap<String, String> comparable(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      SortedMap<String, String> hashes = new TreeMap<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = run.relativize(file).toString().replace('\\', '/');
        if (!name.matches(
            "\\.plumbline\\.lock|report\\.(html|json)|.*/(timings\\.jsonl|events\\.out\\..*|judge[^/]*\\.jsonl|[^/]*cache[^/]*)")) {
          hashes.put(name, Hashes.file(file));
        }
      }
      return hashes;
    }
  }

  /** Fails naming the files that differ or that one run lacks. */
  static void assertSame(Path expected, Path actual) throws IOException {
    Map<String, String> wanted = comparable(expected);
    assertThat(wanted.keySet()).anyMatch(name -> name.endsWith("metrics.jsonl"));
    assertThat(wanted.keySet()).anyMatch(name -> name.endsWith("manifest.json"));
    assertThat(comparable(actual)).containsExactlyEntriesOf(wanted);
  }
}
