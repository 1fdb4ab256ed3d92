package org.plumbline.data.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.data.Demonstration;
import org.plumbline.data.ImportReport;
import org.plumbline.data.Preference;
import org.plumbline.data.source.ColumnMap;

/** What a file was read as. */
record Reading<T>(List<T> values, ImportReport report, List<ImportReport.Skipped> rejects) {
  static Reading<Preference> of(Path file) throws IOException {
    return of(ImportRequest.of(file));
  }

  static Reading<Preference> mapped(Path file, String columns) throws IOException {
    return of(new ImportRequest(file, DataFormat.AUTO, Optional.of(ColumnMap.of(columns)), false));
  }

  static Reading<Preference> skipping(Path file) throws IOException {
    return of(new ImportRequest(file, DataFormat.AUTO, Optional.empty(), true));
  }

  static Reading<Preference> of(ImportRequest request) throws IOException {
    List<Preference> values = new ArrayList<>();
    List<ImportReport.Skipped> rejects = new ArrayList<>();
    ImportReport report = Imports.preferences(request, values::add, rejects::add);
    return new Reading<>(values, report, rejects);
  }

  static Reading<Demonstration> demonstrations(Path file) throws IOException {
    List<Demonstration> values = new ArrayList<>();
    List<ImportReport.Skipped> rejects = new ArrayList<>();
    ImportReport report = Imports.demonstrations(ImportRequest.of(file), values::add, rejects::add);
    return new Reading<>(values, report, rejects);
  }
}
