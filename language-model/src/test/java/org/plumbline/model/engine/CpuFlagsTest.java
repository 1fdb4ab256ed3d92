package org.plumbline.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuFlagsTest {
  @TempDir private Path folder;

  @Test
  void knowsProcessorsThatMultiplyBfloat16() throws IOException {
    assertThat(bfloat16("flags\t\t: fpu avx2 avx512f avx512_bf16 sha_ni")).isTrue();
    assertThat(bfloat16("flags\t\t: fpu amx_bf16 amx_tile")).isTrue();
    assertThat(bfloat16("flags\t\t: fpu avx2 avx512f")).isFalse();
    assertThat(bfloat16("bugs\t\t: avx512_bf16")).isFalse();
    assertThat(CpuFlags.bfloat16(folder.resolve("absent"))).isFalse();
  }

  private boolean bfloat16(String line) throws IOException {
    Path file = folder.resolve("cpuinfo");
    Files.writeString(file, "processor\t: 0\n" + line + "\n");
    return CpuFlags.bfloat16(file);
  }
}
