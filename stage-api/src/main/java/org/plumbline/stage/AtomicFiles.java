package org.plumbline.stage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files and directories that appear whole or not at all: written to a hidden sibling, made durable,
 * then renamed. Whatever breaks, and wherever the process dies, the earlier state can still be
 * loaded.
 */
public final class AtomicFiles {
  /** On the real disk. */
  public static final AtomicFiles DISK = new AtomicFiles(FileSystemOps.DISK);

  private static final String PARTIAL = ".partial";
  private static final String ASIDE = ".aside";
  private static final String TRASH = ".trash";

  private final FileSystemOps ops;

  public AtomicFiles(FileSystemOps ops) {
    this.ops = ops;
  }

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes to the stream, which the caller closes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Fills a directory. */
  @FunctionalInterface
  public interface DirectoryContent {
    /** Writes files into the (temporary) directory; they are made durable afterwards. */
    void writeTo(Path directory) throws IOException;
  }

  /**
   * Writes or replaces a file; missing parent directories are made.
   *
   * @throws UserException when the disk is full or the place not writable; the old file is intact
   */
  public void write(Path file, Content content) throws IOException {
    if (Files.isDirectory(file)) {
      throw new UserException(file + " is a directory; the name of a file is needed");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe or device has no old state
      try (OutputStream out = ops.create(file)) {
        content.writeTo(out);
      }
      return;
    }
    Path parent = parent(file);
    Path partial = sibling(file, PARTIAL);
    try {
      ops.createDirectories(parent);
      try (OutputStream out = ops.create(partial)) {
        content.writeTo(out);
      }
      ops.fsync(partial);
      ops.move(partial, file);
      ops.fsync(parent);
    } catch (IOException | RuntimeException e) {
      deleteQuietly(partial, e);
      throw explained(file, e);
    }
  }

  /** Writes or replaces a UTF-8 text file. */
  public void writeString(Path file, String text) throws IOException {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Writes or replaces a whole directory. As a directory cannot be replaced in one step, an old one
   * is moved aside first; {@link #recover} brings it back if the process died in between.
   *
   * @throws UserException when the disk is full or the place not writable; the old directory is
   *     intact
   */
  public void writeDirectory(Path directory, DirectoryContent content) throws IOException {
    Path parent = parent(directory);
    Path partial = sibling(directory, PARTIAL);
    try {
      ops.createDirectories(parent);
      recover(directory);
      deleteTree(partial);
      ops.createDirectories(partial);
      content.writeTo(partial);
      syncTree(partial);
      replace(partial, directory);
      ops.fsync(parent);
    } catch (IOException | RuntimeException e) {
      deleteQuietly(partial, e);
      throw explained(directory, e);
    }
    deleteTree(sibling(directory, ASIDE));
  }

  private void replace(Path partial, Path directory) throws IOException {
    Path aside = sibling(directory, ASIDE);
    boolean present = Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
    if (present) {
      ops.move(directory, aside);
    }
    try {
      ops.move(partial, directory);
    } catch (IOException e) {
      if (present) {
        ops.move(aside, directory);
      }
      throw e;
    }
  }

  /**
   * Finishes what a process that was killed left beside a file or directory: an old directory that
   * was aside comes back unless the new one is in place; leftovers are removed. Call it before a
   * directory that is replaced at times is read.
   */
  public void recover(Path directory) throws IOException {
    Path aside = sibling(directory, ASIDE);
    if (Files.exists(aside) && !Files.exists(directory)) {
      ops.move(aside, directory);
    }
    deleteTree(aside);
    deleteTree(sibling(directory, PARTIAL));
    deleteTree(sibling(directory, TRASH));
  }

  /** Deletes a file or a directory with all it holds; links are not followed. */
  public void deleteTree(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(path)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : paths) {
      ops.delete(entry);
    }
  }

  /** Removes a directory in one step as seen from outside: renamed first, then deleted. */
  void discard(Path directory) throws IOException {
    Path trash = sibling(directory, TRASH);
    deleteTree(trash);
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      ops.move(directory, trash);
      deleteTree(trash);
    }
  }

  /** Does what {@link #recover} does for everything in a folder that is ours alone. */
  void sweep(Path folder) throws IOException {
    List<Path> leftovers;
    try (Stream<Path> entries = Files.list(folder)) {
      leftovers =
          entries.filter(p -> String.valueOf(p.getFileName()).startsWith(".")).sorted().toList();
    }
    for (Path leftover : leftovers) {
      String name = String.valueOf(leftover.getFileName());
      if (name.endsWith(ASIDE)) {
        recover(folder.resolve(name.substring(1, name.length() - ASIDE.length())));
      } else if (name.endsWith(PARTIAL) || name.endsWith(TRASH)) {
        deleteTree(leftover);
      }
    }
  }

  /** Makes every file and directory below durable, innermost first. */
  void syncTree(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(directory)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      ops.fsync(path);
    }
  }

  FileSystemOps ops() {
    return ops;
  }

  private void deleteQuietly(Path path, Exception cause) {
    try {
      deleteTree(path);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** The exception itself, or what a user can do about it. */
  static IOException explained(Path target, Exception e) {
    Optional<String> full = fullDisk(e);
    if (full.isPresent()) {
      throw new UserException(
          "no space left while writing %s (%s). Free some space or choose another output folder, then run the same command again; what stood there before is unchanged."
              .formatted(target, full.get()),
          e);
    }
    if (e instanceof AccessDeniedException
        || (e instanceof FileSystemException f
            && String.valueOf(f.getReason()).contains("Read-only"))) {
      throw new UserException(
          "cannot write %s: permission denied or read-only. Choose an output folder that you may write."
              .formatted(target),
          e);
    }
    if (e instanceof RuntimeException runtime) {
      throw runtime;
    }
    return (IOException) e;
  }

  private static Optional<String> fullDisk(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      String lower = message.toLowerCase(Locale.ROOT);
      if (t instanceof IOException
          && (lower.contains("no space left")
              || lower.contains("quota exceeded")
              || lower.contains("not enough space"))) {
        return Optional.of(message);
      }
    }
    return Optional.empty();
  }

  private static Path sibling(Path path, String ending) {
    return parent(path).resolve("." + path.getFileName() + ending);
  }

  private static Path parent(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new UserException(path + " is the root of the disk; choose a file or folder below it");
    }
    return parent;
  }
}
