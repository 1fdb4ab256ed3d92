package org.plumbline.model.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/** What the processor says of itself, on Linux; elsewhere nothing is known. */
final class CpuFlags {
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16");

  private CpuFlags() {}

  /** Whether the flags name products of bfloat16 (x86). */
  static boolean bfloat16(Path file) {
    if (!Files.isReadable(file)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> Stream.of(line.split("\\s+")).anyMatch(BFLOAT16::contains))
          .orElse(false);
    } catch (IOException e) {
      return false;
    }
  }
}
