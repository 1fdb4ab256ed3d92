package org.plumbline.stage;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * A disk that breaks at its n-th call (every write, fsync, rename, mkdir and delete counts). As a
 * full disk that call fails; as a killed process that call and all later ones do, so that no
 * cleaning up happens either. The breaking write leaves half of its bytes.
 */
final class BreakingOps implements FileSystemOps {
  enum Fault {
    DISK_FULL,
    KILLED
  }

  /** No IOException: nothing but a test may catch it. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Never breaks, never syncs: for what a test prepares. */
  static FileSystemOps sound() {
    return new BreakingOps(Integer.MAX_VALUE, Fault.KILLED);
  }

  private final int breakAt;
  private final Fault fault;
  private int calls;

  BreakingOps(int breakAt, Fault fault) {
    this.breakAt = breakAt;
    this.fault = fault;
  }

  /** True once the fault happened; false means that all calls went through. */
  boolean broke() {
    return calls >= breakAt;
  }

  private boolean breaksNow() {
    calls++;
    return fault == Fault.KILLED ? calls >= breakAt : calls == breakAt;
  }

  private void call(Path path) throws IOException {
    if (breaksNow()) {
      fail(path);
    }
  }

  private void fail(Path path) throws IOException {
    if (fault == Fault.KILLED) {
      throw new Killed();
    }
    throw new IOException(path + ": No space left on device");
  }

  @Override
  public OutputStream create(Path file) throws IOException {
    call(file);
    return new FilterOutputStream(java.nio.file.Files.newOutputStream(file)) {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        boolean breaks = breaksNow();
        out.write(bytes, offset, breaks ? length / 2 : length);
        if (breaks) {
          fail(file);
        }
      }
    };
  }

  @Override
  public void fsync(Path path) throws IOException {
    call(path); // durability shows only when power fails; the call costs a test its time
  }

  @Override
  public void move(Path source, Path target) throws IOException {
    call(target);
    FileSystemOps.super.move(source, target);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    call(directory);
    FileSystemOps.super.createDirectories(directory);
  }

  @Override
  public void delete(Path path) throws IOException {
    call(path);
    FileSystemOps.super.delete(path);
  }
}
