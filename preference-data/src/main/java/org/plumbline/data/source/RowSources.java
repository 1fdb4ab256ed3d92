package org.plumbline.data.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import org.plumbline.stage.DamagedDataException;
import org.plumbline.stage.DamagedFileException;
import org.plumbline.stage.InputFile;
import org.plumbline.stage.UserException;

/** Opens a file as what it is: a table by its name, a JSON list by its first character. */
public final class RowSources {
  private static final int LOOK_AHEAD = 1 << 12;
  private static final List<String> PACKED = List.of(".gz", ".zst", ".zstd");

  private RowSources() {}

  /** Reads files of one kind in a module of its own. */
  public interface Provider {
    /** Ending of the names of such files, with its dot. */
    String ending();

    /** Opens a file. */
    RowSource open(Path file) throws IOException;
  }

  /**
   * Opens a file.
   *
   * @throws UserException when it is absent, a directory, or damaged at its start
   */
  public static RowSource open(Path file) throws IOException {
    String name = plainName(file);
    for (Provider provider : ServiceLoader.load(Provider.class)) {
      if (name.endsWith(provider.ending())) {
        return provider.open(file);
      }
    }
    if (name.endsWith(".parquet")) {
      throw new UserException(
          file
              + " is a Parquet file; the module preference-data-parquet, which reads them, is not on the class path");
    }
    InputStream in = new BufferedInputStream(InputFile.open(file), LOOK_AHEAD);
    try {
      if (name.endsWith(".csv") || name.endsWith(".tsv")) {
        return new CsvSource(file, in);
      }
      if (firstCharacter(file, in) == '[') {
        return new JsonListSource(file, in);
      }
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
    in.close();
    return new JsonLineSource(file);
  }

  /** Opens a file whose fields are renamed; see {@link #open(Path)}. */
  public static RowSource open(Path file, ColumnMap names) throws IOException {
    RowSource source = open(file);
    try {
      names.check(file, source.columns());
      return new MappedSource(source, names);
    } catch (UserException e) {
      source.close();
      throw e;
    }
  }

  /** Name in lower case without the ending of a packer. */
  private static String plainName(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    for (String ending : PACKED) {
      if (name.endsWith(ending)) {
        return name.substring(0, name.length() - ending.length());
      }
    }
    return name;
  }

  /** The first byte that is neither white space nor of a byte-order mark; nothing is consumed. */
  private static int firstCharacter(Path file, InputStream in) throws IOException {
    try {
      in.mark(LOOK_AHEAD);
      byte[] start = in.readNBytes(LOOK_AHEAD - 1);
      in.reset();
      for (byte b : start) {
        if (b > ' ') {
          return b;
        }
      }
      return -1;
    } catch (DamagedDataException e) {
      throw new DamagedFileException(file + ": " + e.getMessage(), e);
    }
  }
}
