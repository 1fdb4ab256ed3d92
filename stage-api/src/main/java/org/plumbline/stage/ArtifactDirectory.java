package org.plumbline.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A stage's directory through its life: begun ({@code started.json} says with what), finished
 * ({@code manifest.json} stands, written last), and rerun, while the finished predecessor waits as
 * {@code NAME.previous} until the new manifest exists. A process may die between any two calls:
 * {@link #recover} puts things right.
 */
public final class ArtifactDirectory {
  /** Says with which config and inputs an unfinished directory was begun; a manifest in form. */
  static final String STARTED = "started.json";

  private final Path directory;
  private final Path previous;
  private final AtomicFiles files;

  public ArtifactDirectory(Path directory) {
    this(directory, AtomicFiles.DISK);
  }

  public ArtifactDirectory(Path directory, AtomicFiles files) {
    this.directory = directory;
    this.previous = directory.resolveSibling(directory.getFileName() + ".previous");
    this.files = files;
  }

  /** Where the stage writes. */
  public Path path() {
    return directory;
  }

  /** True once the manifest stands. */
  public boolean isFinished() {
    return Files.exists(directory.resolve(Manifests.FILE));
  }

  /** The manifest, empty while unfinished. */
  public Optional<Manifest> manifest() throws IOException {
    return Manifests.read(directory);
  }

  /** What an unfinished directory was begun with, empty if it was not begun. */
  public Optional<Manifest> started() throws IOException {
    return Manifests.readFile(directory.resolve(STARTED));
  }

  /** A directory that can be loaded: this one if finished, else its finished predecessor. */
  public Optional<Path> finishedPath() {
    if (isFinished()) {
      return Optional.of(directory);
    }
    return Optional.of(previous).filter(p -> Files.exists(p.resolve(Manifests.FILE)));
  }

  /** Makes the directory and notes with what it is begun; files in it stay. */
  public void begin(Manifest planned) throws IOException {
    files.ops().createDirectories(directory);
    files.writeString(directory.resolve(STARTED), Json.pretty(planned));
  }

  /**
   * Clears the way for a rerun: a finished directory becomes {@code NAME.previous}, an unfinished
   * one is dropped (its finished predecessor stays). Afterwards the directory is there and empty.
   */
  public void startOver() throws IOException {
    if (isFinished()) {
      files.discard(previous);
      files.ops().move(directory, previous);
      files.ops().fsync(parent());
    } else {
      files.discard(directory);
    }
    files.ops().createDirectories(directory);
  }

  /** Makes all files durable, writes the manifest, then drops the predecessor. */
  public void finish(Manifest manifest) throws IOException {
    files.syncTree(directory);
    files.writeString(directory.resolve(Manifests.FILE), Json.pretty(manifest));
    dropPredecessor();
  }

  /** Puts right what a killed process left; to be called before the directory is used. */
  public void recover() throws IOException {
    files.recover(directory);
    files.recover(previous);
    if (Files.isDirectory(directory)) {
      files.sweep(directory);
    }
    if (isFinished()) {
      dropPredecessor();
    }
  }

  private void dropPredecessor() throws IOException {
    files.ops().delete(directory.resolve(STARTED));
    files.discard(previous);
  }

  private Path parent() {
    Path parent = directory.toAbsolutePath().getParent();
    return parent == null ? directory.toAbsolutePath() : parent;
  }
}
