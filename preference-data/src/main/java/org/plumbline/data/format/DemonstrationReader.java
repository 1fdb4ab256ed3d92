package org.plumbline.data.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.data.Dataset;
import org.plumbline.data.Demonstration;
import org.plumbline.data.ImportReport;

/** Reads a file of any format of demonstrations. */
public final class DemonstrationReader {
  private DemonstrationReader() {}

  /**
   * Reads a file; rows with an empty answer are kept out and reported.
   *
   * @throws org.plumbline.stage.UserException when the file is absent, or at the first malformed
   *     row
   */
  public static Dataset<Demonstration> read(Path file) throws IOException {
    return read(file, false);
  }

  /**
   * Reads a file.
   *
   * @param skipMalformed whether rows that cannot be read are reported and passed over
   */
  public static Dataset<Demonstration> read(Path file, boolean skipMalformed) throws IOException {
    ImportRequest request =
        new ImportRequest(file, DataFormat.AUTO, Optional.empty(), skipMalformed);
    List<Demonstration> rows = new ArrayList<>();
    ImportReport report =
        Imports.demonstrations(
            request,
            Imports.recognise(request, Optional.of(DataFormat.MESSAGES)),
            rows::add,
            reject -> {});
    return new Dataset<>(rows, report);
  }
}
