package org.plumbline.data.export;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes preferences in one format. The file appears whole, or not at all when the source throws.
 */
public interface Exporter {
  /** The format written. */
  ExportFormat format();

  /** Writes or replaces a file; memory holds one preference at a time. */
  ExportReport write(Path file, PreferenceSource source) throws IOException;
}
