package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.stage.BreakingOps.Fault;

class AtomicFilesTest {
  @TempDir Path folder;

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private static void twoFiles(AtomicFiles files, Path directory, String text) throws IOException {
    files.writeDirectory(
        directory,
        temporary -> {
          for (String name : List.of("a.txt", "b.txt")) {
            try (var out = files.ops().create(temporary.resolve(name))) {
              out.write(text.getBytes(StandardCharsets.UTF_8));
            }
          }
        });
  }

  private static String content(Path directory) throws IOException {
    return Files.readString(directory.resolve("a.txt"))
        + "+"
        + Files.readString(directory.resolve("b.txt"));
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFileIsOldOrNewWhereverItsWritingBreaks(Fault fault) throws Exception {
    Path file = folder.resolve("sub/file.txt");
    boolean broke = true;
    int points = 0;
    for (int at = 1; broke; at++) {
      AtomicFiles.DISK.writeString(file, "old");
      BreakingOps ops = new BreakingOps(at, fault);
      Throwable thrown = catchThrowable(() -> new AtomicFiles(ops).writeString(file, "newer"));
      broke = ops.broke();
      assertThat(Files.readString(file)).as("point %d", at).isIn("old", "newer");
      assertThat(thrown == null).isEqualTo(!broke);
      if (fault == Fault.DISK_FULL) {
        assertThat(names(file.getParent())).containsExactly("file.txt");
        if (broke) {
          assertThat(thrown)
              .isInstanceOf(UserException.class)
              .hasMessageContaining("no space left");
        }
      }
      points = at;
    }
    assertThat(points).isGreaterThanOrEqualTo(7);
    assertThat(Files.readString(file)).isEqualTo("newer");
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aDirectoryIsOldOrNewWhereverItsWritingBreaks(Fault fault) throws Exception {
    Path directory = folder.resolve("model");
    boolean broke = true;
    int points = 0;
    for (int at = 1; broke; at++) {
      twoFiles(AtomicFiles.DISK, directory, "old");
      BreakingOps ops = new BreakingOps(at, fault);
      Throwable thrown = catchThrowable(() -> twoFiles(new AtomicFiles(ops), directory, "new"));
      broke = ops.broke();
      assertThat(thrown == null).as("point %d", at).isEqualTo(!broke);
      if (fault == Fault.DISK_FULL) {
        assertThat(content(directory)).as("point %d", at).isIn("old+old", "new+new");
      }
      AtomicFiles.DISK.recover(directory);
      assertThat(content(directory)).as("point %d", at).isIn("old+old", "new+new");
      assertThat(names(folder)).containsExactly("model");
      points = at;
    }
    assertThat(points).isGreaterThanOrEqualTo(15);
    assertThat(content(directory)).isEqualTo("new+new");
  }

  @Test
  void anExceptionOfTheWriterLeavesNothingBehind() throws Exception {
    Path file = folder.resolve("a.txt");
    assertThatThrownBy(
            () ->
                AtomicFiles.DISK.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IllegalStateException("the caller's own");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () ->
                AtomicFiles.DISK.writeDirectory(
                    folder.resolve("d"),
                    temporary -> {
                      Files.writeString(temporary.resolve("x"), "x");
                      throw new IOException("broken pipe");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("broken pipe");
    assertThat(names(folder)).isEmpty();
  }

  @Test
  void whatAUserCanMendIsSaid() {
    Path file = folder.resolve("a.txt");
    assertThatThrownBy(
            () ->
                AtomicFiles.DISK.write(
                    file,
                    out -> {
                      throw new UncheckedIOException(new IOException("No space left on device"));
                    }))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "no space left while writing %s (No space left on device). Free some space or choose another output folder, then run the same command again; what stood there before is unchanged.",
            file);
    assertThatThrownBy(
            () ->
                AtomicFiles.DISK.write(
                    file,
                    out -> {
                      throw new AccessDeniedException("x");
                    }))
        .hasMessage(
            "cannot write %s: permission denied or read-only. Choose an output folder that you may write.",
            file);
    assertThatThrownBy(
            () ->
                AtomicFiles.DISK.write(
                    file,
                    out -> {
                      throw new FileSystemException("x", null, "Read-only file system");
                    }))
        .isInstanceOf(UserException.class);
    assertThatThrownBy(() -> AtomicFiles.DISK.writeString(folder, "x"))
        .hasMessage("%s is a directory; the name of a file is needed", folder);
    assertThatThrownBy(() -> AtomicFiles.DISK.writeDirectory(Path.of("/"), t -> {}))
        .hasMessage("/ is the root of the disk; choose a file or folder below it");
  }

  @Test
  void aDeviceIsWrittenInPlace() throws Exception {
    Path device = Path.of("/dev/null");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(device), "no /dev/null here");
    AtomicFiles.DISK.writeString(device, "x");
    assertThat(Files.isRegularFile(device)).isFalse();
    assertThat(Files.exists(device)).isTrue();
  }

  @Test
  void linksAreDeletedNotFollowed() throws Exception {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("x"), "x");
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.createSymbolicLink(tree.resolve("link"), kept);
    AtomicFiles.DISK.deleteTree(tree);
    assertThat(names(folder)).containsExactly("kept");
    assertThat(kept.resolve("x")).exists();
  }
}
