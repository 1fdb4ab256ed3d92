package org.plumbline.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;
import org.plumbline.stage.JsonLines;

/** Public files under the property plumbline.data; tools/count-preferences.py counts the same. */
class RealFilesTest {
  @TempDir Path temp;

  private static Path real(String name) {
    Path file = Path.of(System.getProperty("plumbline.data", "")).resolve(name);
    assumeTrue(Files.isRegularFile(file), "no file " + file + " (property plumbline.data)");
    return file;
  }

  private void importsTwiceAlike(Path file, List<Preference> read) throws IOException {
    Path copy = temp.resolve("copy.jsonl");
    JsonLines.write(
        copy,
        sink -> {
          for (Preference one : read) {
            sink.write(PreferenceJson.toJson(one));
          }
        });
    assertThat(Reading.of(copy).values()).isEqualTo(read);
    assertThat(Reading.of(file).values()).isEqualTo(read);
    Set<String> ids = new HashSet<>();
    read.forEach(one -> ids.add(one.id()));
    assertThat(ids).hasSize(read.size());
  }

  @Test
  void hhRlhf() throws IOException {
    Path file = real("hh-rlhf/harmless-base.test.jsonl.gz");
    Reading<Preference> read = Reading.of(file);
    assertThat(read.report().rows()).isEqualTo(2312);
    assertThat(read.report().records()).isEqualTo(2303);
    assertThat(read.rejects()).hasSize(9);
    importsTwiceAlike(file, read.values());
  }

  @Test
  void alpacaEval() throws IOException {
    counts("alpaca-eval/alpaca-7b.annotations.json", List.of(805, 805, 584, 205, 16, 0));
    counts("alpaca-eval/text_davinci_001.annotations.json", List.of(805, 803, 670, 112, 20, 1));
    counts("alpaca-eval/zephyr-7b-beta.annotations.json", List.of(805, 805, 75, 727, 1, 2));
  }

  /** Rows, kept, first better, second better, ties, abstentions. */
  private void counts(String name, List<Integer> expected) throws IOException {
    Path file = real(name);
    Reading<Preference> read = Reading.of(file);
    assertThat(
            List.of(
                read.report().rows(),
                read.report().records(),
                count(read, List.of(1, 2)),
                count(read, List.of(2, 1)),
                count(read, List.of(1, 1)),
                count(read, List.of())))
        .as(name)
        .isEqualTo(expected);
    assertThat(read.report().format()).isEqualTo("alpaca-eval");
    importsTwiceAlike(file, read.values());
  }

  private static int count(Reading<Preference> read, List<Integer> ranks) {
    return (int)
        read.values().stream()
            .map(Preference::judgement)
            .map(Judgement::ranks)
            .filter(ranks::equals)
            .count();
  }

  @Test
  void seedTasks() throws IOException {
    Path file = real("alpaca/seed_tasks.jsonl");
    var read = Reading.demonstrations(file);
    assertThat(read.report().format()).isEqualTo("alpaca");
    assertThat(read.report().rows()).isEqualTo(175);
    assertThat(read.values()).hasSize(175);
    assertThat(Reading.demonstrations(file).values()).isEqualTo(read.values());
  }
}
