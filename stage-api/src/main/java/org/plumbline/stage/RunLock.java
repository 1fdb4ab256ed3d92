package org.plumbline.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * One writer per run folder. The operating system's lock on {@code .plumbline.lock} decides and
 * falls with its process; the file's content names the holder, and decides where locks do not reach
 * (another host on a shared disk). The file stays, empty, after release.
 */
public final class RunLock implements AutoCloseable {
  static final String FILE = ".plumbline.lock";

  /**
   * Who holds a lock.
   *
   * @param processStart when the operating system started the process, empty if unknown: tells a
   *     process from a later one with the same id
   */
  record Holder(long pid, String host, String started, String processStart) {
    static Holder self() {
      return new Holder(
          ProcessHandle.current().pid(),
          HostName.get(),
          Instant.now().toString(),
          startOf(ProcessHandle.current()));
    }

    /** True if the process that wrote this is known to be gone. */
    boolean isDead() {
      if (!host.equals(HostName.get())) {
        return false;
      }
      Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
      return process.isEmpty() || !startOf(process.get()).equals(processStart);
    }

    private static String startOf(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toString).orElse("");
    }
  }

  /**
   * Locks of this process. They must be known without opening the file: POSIX drops a process's
   * lock when the process closes any descriptor of the file.
   */
  private static final Map<Path, Holder> OWN = new ConcurrentHashMap<>();

  private final Path file;
  private final FileChannel channel;
  private final FileLock lock;

  private RunLock(Path file, FileChannel channel, FileLock lock) {
    this.file = file;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the lock of a run folder, which is made if absent.
   *
   * @param say takes a line when the lock of a dead process is taken over
   * @throws UserException naming pid and host of the process that holds it
   */
  public static RunLock acquire(Path runDirectory, Consumer<String> say) throws IOException {
    Files.createDirectories(runDirectory);
    Path file = runDirectory.toRealPath().resolve(FILE);
    Holder self = Holder.self();
    Holder own = OWN.putIfAbsent(file, self);
    if (own != null) {
      throw refused(runDirectory, file, Optional.of(own));
    }
    try {
      return open(runDirectory, file, self, say);
    } catch (IOException | RuntimeException e) {
      OWN.remove(file);
      throw e;
    }
  }

  private static RunLock open(Path runDirectory, Path file, Holder self, Consumer<String> say)
      throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      Optional<Holder> holder = holder(channel);
      if (lock == null) {
        throw refused(runDirectory, file, holder);
      }
      if (holder.isPresent()) {
        if (!holder.get().isDead()) {
          throw refused(runDirectory, file, holder);
        }
        say.accept(
            "The process that wrote %s before (pid %d) ended without cleaning up; taking over."
                .formatted(runDirectory, holder.get().pid()));
      }
      write(channel, Json.line(self) + "\n");
      return new RunLock(file, channel, lock);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static UserException refused(Path directory, Path file, Optional<Holder> holder) {
    String who =
        holder
            .map(h -> "pid %d on host %s, since %s".formatted(h.pid(), h.host(), h.started()))
            .orElse("another process");
    String elsewhere =
        holder.filter(h -> !h.host().equals(HostName.get())).isPresent()
            ? " If that process is gone, delete %s.".formatted(file)
            : "";
    return new UserException(
        "%s is being written by %s. Wait for it, stop it, or choose another --output.%s"
            .formatted(directory, who, elsewhere));
  }

  /** The holder noted in the file; empty if none is, or if its writer died while writing. */
  private static Optional<Holder> holder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    channel.read(bytes, 0);
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      Holder holder = Json.mapper().readValue(text, Holder.class);
      boolean whole = holder.host() != null && holder.processStart() != null;
      return whole ? Optional.of(holder) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    channel.position(0);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  /** Releases the lock. */
  @Override
  public void close() throws IOException {
    try (channel) {
      channel.truncate(0);
      lock.release();
    } finally {
      OWN.remove(file);
    }
  }
}
