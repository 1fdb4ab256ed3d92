package org.plumbline.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.ImportReport;
import org.plumbline.data.export.ExportFormat;
import org.plumbline.data.export.Exporters;
import org.plumbline.stage.DamagedFileException;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.UserException;

/**
 * Rows with random damage: each is taken, or refused with file and row; nothing else is ever
 * thrown, and no file takes longer than a second. The seed is fixed; the row is shown on failure.
 */
class ImportFuzzTest {
  private static final int ROWS_A_FILE = 10;
  private static final long SEED = 20261122;

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> someHundredRowsPerDialect() {
    return dialects(300);
  }

  @TestFactory
  @Tag("long")
  Stream<DynamicTest> tenThousandRowsPerDialect() {
    return dialects(10_000);
  }

  private Stream<DynamicTest> dialects(int rows) {
    Map<String, String> seeds = new LinkedHashMap<>(DialectRows.all());
    seeds.putAll(DialectRows.demonstrations());
    List<DynamicTest> tests = new ArrayList<>();
    seeds.forEach(
        (name, row) ->
            tests.add(DynamicTest.dynamicTest(name, () -> damaged(name, row, "jsonl", rows))));
    tests.add(DynamicTest.dynamicTest("csv", () -> damaged("csv", table(), "csv", rows)));
    tests.add(
        DynamicTest.dynamicTest(
            "json list", () -> damaged("list", "[" + seeds.get("argilla") + "]", "json", rows)));
    return tests.stream();
  }

  private String table() throws IOException {
    Path rows = Lines.write(temp, "rows.jsonl", DialectRows.all().get("plumbline/ranked"));
    Path table = temp.resolve("table.csv");
    Exporters.of(ExportFormat.CSV)
        .write(
            table,
            sink -> {
              for (var one : Reading.of(rows).values()) {
                sink.take(one);
              }
            });
    return Files.readString(table);
  }

  private void damaged(String name, String seed, String ending, int rows) throws IOException {
    DataFormat format = DataFormat.of(name.split("/")[0]).orElse(DataFormat.AUTO);
    boolean lines = ending.equals("jsonl");
    for (int i = 0; i < rows; i += lines ? ROWS_A_FILE : 1) {
      Path file = temp.resolve("fuzz." + ending);
      byte[] bytes = new byte[0];
      for (int k = 0; k < (lines ? ROWS_A_FILE : 1); k++) {
        UniformRandomProvider random = RandomStreams.of(SEED, "fuzz." + name, i + k);
        bytes = joined(bytes, Damage.of(seed, random));
      }
      Files.write(file, bytes);
      long start = System.nanoTime();
      read(file, format, bytes);
      assertThat((System.nanoTime() - start) / 1e9).as(text(bytes)).isLessThan(1 + slack());
    }
  }

  /** A busy machine may stop a thread for a while; a hang is of another order. */
  private static double slack() {
    return 4;
  }

  private static byte[] joined(byte[] before, byte[] row) {
    byte[] all = Arrays.copyOf(before, before.length + row.length + 1);
    System.arraycopy(row, 0, all, before.length, row.length);
    all[all.length - 1] = '\n';
    return all;
  }

  private static void read(Path file, DataFormat format, byte[] bytes) throws IOException {
    for (DataFormat as : List.of(format, DataFormat.AUTO)) {
      ImportRequest request = new ImportRequest(file, as, Optional.empty(), true);
      List<ImportReport.Skipped> rejects = new ArrayList<>();
      List<Object> kept = new ArrayList<>();
      try {
        ImportReport report =
            Imports.recognise(request).format().isDemonstrations()
                ? Imports.demonstrations(request, kept::add, rejects::add)
                : Imports.preferences(request, kept::add, rejects::add);
        assertThat(report.records()).isEqualTo(kept.size());
        assertThat(report.skippedCount()).isEqualTo(rejects.size());
      } catch (DamagedFileException e) {
        assertThat(e).hasMessageStartingWith(file.toString());
      } catch (UserException e) {
        // no row of the file could be read: the first fault is named
        assertThat(e).as(text(bytes)).hasMessageStartingWith(file.toString());
        assertThat(kept).isEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("as " + as.label() + ": " + text(bytes), e);
      }
      assertThat(rejects)
          .allSatisfy(
              reject -> {
                assertThat(reject.source()).startsWith("fuzz.");
                assertThat(reject.detail()).isNotBlank();
              });
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
