package org.plumbline.stage;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Opens a file from outside; gzip and zstd are recognised by their first bytes. What expands beyond
 * all measure is refused before it fills memory or time.
 */
public final class InputFile {
  private static final int BLOCK = 1 << 16;
  private static final int MAGIC = 4;

  private InputFile() {}

  /**
   * Opens a file for reading, unpacked. Reading throws {@link DamagedDataException} where packed
   * data break or expand too far.
   *
   * @throws UserException when it is absent, a directory, or damaged at its start
   */
  public static InputStream open(Path file) throws IOException {
    return open(file, ExpansionLimit.USUAL);
  }

  static InputStream open(Path file, ExpansionLimit limit) throws IOException {
    if (Files.isDirectory(file)) {
      throw new UserException(file + " is a directory; a .jsonl file is needed");
    }
    InputStream raw;
    try {
      raw = new BufferedInputStream(Files.newInputStream(file), BLOCK);
    } catch (NoSuchFileException e) {
      throw new UserException(file + " does not exist", e);
    }
    try {
      return unpacked(raw, limit);
    } catch (EOFException | ZipException e) {
      raw.close();
      throw new UserException(file + " is a damaged gzip file: " + e.getMessage(), e);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static InputStream unpacked(InputStream raw, ExpansionLimit limit) throws IOException {
    raw.mark(MAGIC);
    byte[] magic = raw.readNBytes(MAGIC);
    raw.reset();
    if (magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
      CountedInput packed = new CountedInput(raw);
      return new UnpackedInput("gzip", packed, new GZIPInputStream(packed, BLOCK), limit);
    }
    if (magic.length == MAGIC
        && magic[0] == 0x28
        && magic[1] == (byte) 0xb5
        && magic[2] == 0x2f
        && magic[3] == (byte) 0xfd) {
      CountedInput packed = new CountedInput(raw);
      return new UnpackedInput("zstd", packed, new ZstdInputStream(packed), limit);
    }
    return raw;
  }
}
