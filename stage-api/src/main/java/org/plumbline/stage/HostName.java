package org.plumbline.stage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** This machine's name, found without asking any name server. */
final class HostName {
  private HostName() {}

  static String get() {
    for (String file : List.of("/proc/sys/kernel/hostname", "/etc/hostname")) {
      Optional<String> name = firstLine(Path.of(file));
      if (name.isPresent()) {
        return name.get();
      }
    }
    for (String variable : List.of("HOSTNAME", "COMPUTERNAME")) {
      String name = System.getenv(variable);
      if (name != null && !name.isBlank()) {
        return name.strip();
      }
    }
    return "localhost";
  }

  private static Optional<String> firstLine(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
