package org.plumbline.data.export;

import java.util.ServiceLoader;
import org.plumbline.stage.UserException;

/** The writer of each format; modules of their own may bring further ones. */
public final class Exporters {
  private Exporters() {}

  /**
   * The writer of a format.
   *
   * @throws UserException when the module that writes it is not on the class path
   */
  public static Exporter of(ExportFormat format) {
    return switch (format) {
      case JSONL -> new JsonlExporter();
      case CSV -> new CsvExporter();
      case TRL -> new TrlExporter();
      case LABEL_STUDIO -> new LabelStudioExporter();
      case ARGILLA -> new ArgillaExporter();
      case PARQUET -> provided(format);
    };
  }

  private static Exporter provided(ExportFormat format) {
    for (Exporter exporter : ServiceLoader.load(Exporter.class)) {
      if (exporter.format() == format) {
        return exporter;
      }
    }
    throw new UserException(
        "--format %s: the module preference-data-%s, which writes it, is not on the class path"
            .formatted(format.label(), format.label()));
  }
}
