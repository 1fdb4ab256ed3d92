package org.plumbline.stage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The calls that change the disk. All durable writing goes through them, so that a test can break
 * every single one.
 */
public interface FileSystemOps {
  /** The real disk. */
  FileSystemOps DISK = new FileSystemOps() {};

  /** Opens a file for writing from its beginning; it is made or emptied. */
  default OutputStream create(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }

  /** Makes a file's content, or a directory's entries, durable. */
  default void fsync(Path path) throws IOException {
    boolean directory = Files.isDirectory(path);
    StandardOpenOption mode = directory ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    } catch (AccessDeniedException e) {
      if (!directory) { // Windows does not open directories, nor need it
        throw e;
      }
    }
  }

  /** Renames atomically; an existing file is replaced. */
  default void move(Path source, Path target) throws IOException {
    Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Makes a directory and the missing ones above it. */
  default void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  /** Deletes a file or an empty directory, if it is there. */
  default void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }
}
