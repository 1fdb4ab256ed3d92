package org.plumbline.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.testing.Golden;

/** Files of the Python library, read and written again, hold the same tensors. */
@Tag("parity")
class SafetensorsParityTest {
  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> goldenFilesSurviveReadingAndWriting() {
    return Golden.perDirectory(
        "architectures",
        architecture -> {
          try (Stream<Path> files = Files.list(architecture)) {
            files.filter(file -> file.toString().endsWith(".safetensors")).forEach(this::check);
          }
        });
  }

  private void check(Path file) {
    Path copy = folder.resolve("copy.safetensors");
    try (SafetensorsFile original = SafetensorsFile.open(file)) {
      assertThat(original.metadata()).containsEntry("format", "pt");
      assertThat(original.tensors()).isNotEmpty();
      List<TensorSpec> specs = original.tensors().values().stream().map(TensorInfo::spec).toList();
      try (SafetensorsWriter writer = SafetensorsWriter.create(copy, specs)) {
        specs.forEach(spec -> writer.write(spec.name(), original.read(spec.name())));
        writer.finish();
      }
      try (SafetensorsFile again = SafetensorsFile.open(copy)) {
        for (TensorSpec spec : specs) {
          assertThat(again.tensor(spec.name()).spec()).isEqualTo(spec);
          assertThat(again.read(spec.name())).isEqualTo(original.read(spec.name()));
        }
      }
    }
  }
}
