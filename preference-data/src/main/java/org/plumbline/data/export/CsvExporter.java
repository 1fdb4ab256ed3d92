package org.plumbline.data.export;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.plumbline.stage.AtomicFiles;

/** A table (RFC 4180, UTF-8) with the columns of {@link PreferenceTable}. */
final class CsvExporter implements Exporter {
  @Override
  public ExportFormat format() {
    return ExportFormat.CSV;
  }

  @Override
  public ExportReport write(Path file, PreferenceSource source) throws IOException {
    ExportCount count = new ExportCount();
    AtomicFiles.DISK.write(file, out -> write(out, source, count));
    return count.report();
  }

  private static void write(OutputStream out, PreferenceSource source, ExportCount count)
      throws IOException {
    BufferedWriter writer =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8.newEncoder()));
    CSVPrinter printer = new CSVPrinter(writer, CSVFormat.RFC4180);
    printer.printRecord(PreferenceTable.COLUMNS);
    source.sendTo(
        preference -> {
          printer.printRecord(PreferenceTable.cells(preference));
          count.written(1);
        });
    printer.flush();
  }
}
