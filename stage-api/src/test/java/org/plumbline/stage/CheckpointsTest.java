package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.stage.BreakingOps.Fault;

class CheckpointsTest {
  @TempDir Path stage;
  private final List<String> warnings = new ArrayList<>();

  private Checkpoints checkpoints(FileSystemOps ops) {
    return new Checkpoints(stage, 2, warnings::add, new AtomicFiles(ops));
  }

  private static JsonNode state(long step) {
    return Json.mapper().createObjectNode().put("step", (int) step).put("kl", 0.1);
  }

  private static byte[] tensors(long step) {
    byte[] bytes = new byte[300];
    UniformRandomProvider random = RandomStreams.of(1, "tensors", step);
    random.nextBytes(bytes);
    return bytes;
  }

  private void save(long step, FileSystemOps ops) throws IOException {
    checkpoints(ops)
        .save(
            step,
            state(step),
            directory -> {
              Files.createDirectories(directory.resolve("adapter"));
              for (String name : List.of("tensors.safetensors", "adapter/weights.safetensors")) {
                try (var out = ops.create(directory.resolve(name))) {
                  out.write(tensors(step));
                }
              }
            });
  }

  private void save(long step) throws IOException {
    save(step, BreakingOps.sound());
  }

  private Checkpoint newest() throws IOException {
    Checkpoint newest = checkpoints(FileSystemOps.DISK).newest().orElseThrow();
    assertThat(newest.state()).isEqualTo(state(newest.step()));
    assertThat(newest.directory().resolve("tensors.safetensors"))
        .hasBinaryContent(tensors(newest.step()));
    assertThat(newest.directory().resolve("adapter/weights.safetensors"))
        .hasBinaryContent(tensors(newest.step()));
    return newest;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(stage.resolve("checkpoints"))) {
      return entries.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theNewestTwoAreKept() throws Exception {
    assertThat(checkpoints(FileSystemOps.DISK).newest()).isEmpty();
    for (long step : new long[] {0, 100, 200, 300}) {
      save(step, FileSystemOps.DISK);
    }
    assertThat(names()).containsExactly("step-00000200", "step-00000300");
    assertThat(newest().step()).isEqualTo(300);
    assertThat(warnings).isEmpty();
  }

  @Test
  void aRetainedOneStaysUntilAnotherIsNamed() throws Exception {
    Checkpoints checkpoints = new Checkpoints(stage, 1, warnings::add, AtomicFiles.DISK);
    checkpoints.save(1, state(1), d -> {});
    checkpoints.retain(1);
    checkpoints.save(2, state(2), d -> {});
    checkpoints.save(3, state(3), d -> {});
    assertThat(checkpoints.steps()).containsExactly(3L, 1L);
    assertThat(checkpoints.at(1).state()).isEqualTo(state(1));
    checkpoints.retain(3);
    checkpoints.save(4, state(4), d -> {});
    assertThat(checkpoints.steps()).containsExactly(4L, 3L);
    checkpoints.clear();
    assertThat(stage.resolve("checkpoints")).doesNotExist();
  }

  @Test
  void anAbsentOrDamagedOneCannotBeAskedFor() throws Exception {
    save(1);
    assertThatThrownBy(() -> checkpoints(FileSystemOps.DISK).at(2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("step-00000002 cannot be used: it does not exist");
    Files.delete(stage.resolve("checkpoints/step-00000001/state.json"));
    assertThatThrownBy(() -> checkpoints(FileSystemOps.DISK).at(1))
        .hasMessageContaining("step-00000001 cannot be used: state.json is missing");
    assertThatThrownBy(() -> new Checkpoints(stage, 0, warnings::add, AtomicFiles.DISK))
        .hasMessage("keep=0 must be at least 1");
    assertThatThrownBy(() -> save(-1)).hasMessage("step=-1 must not be negative");
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aSaveMayBreakAnywhere(Fault fault) throws Exception {
    boolean broke = true;
    int points = 0;
    for (int at = 1; broke; at++) {
      AtomicFiles.DISK.deleteTree(stage.resolve("checkpoints"));
      save(100);
      save(200);
      BreakingOps ops = new BreakingOps(at, fault);
      Throwable thrown = catchThrowable(() -> save(300, ops));
      broke = ops.broke();
      assertThat(thrown == null).as("point %d", at).isEqualTo(!broke);

      assertThat(newest().step()).as("point %d", at).isIn(200L, 300L);
      assertThat(names()).allMatch(name -> name.startsWith("step-"));
      save(300);
      assertThat(newest().step()).isEqualTo(300);
      assertThat(names()).containsExactly("step-00000200", "step-00000300");
      points = at;
    }
    assertThat(points).isGreaterThan(20);
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void savingTheSameStepAgainMayBreakAnywhere(Fault fault) throws Exception {
    boolean broke = true;
    for (int at = 1; broke; at++) {
      AtomicFiles.DISK.deleteTree(stage.resolve("checkpoints"));
      save(100);
      BreakingOps ops = new BreakingOps(at, fault);
      catchThrowable(() -> save(100, ops));
      broke = ops.broke();
      assertThat(newest().step()).as("point %d", at).isEqualTo(100);
      assertThat(names()).containsExactly("step-00000100");
    }
    assertThat(warnings).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tensors.safetensors",
        "adapter/weights.safetensors",
        "state.json",
        "checkpoint.json"
      })
  void everyFlippedBitAndEveryCutIsSeen(String name) throws Exception {
    save(100);
    save(200);
    Path directory = stage.resolve("checkpoints/step-00000200");
    Path file = directory.resolve(name);
    byte[] good = Files.readAllBytes(file);
    assertThat(CheckpointSeal.fault(directory, 200)).isEmpty();
    for (int i = 0; i < 200; i++) {
      UniformRandomProvider random = RandomStreams.of(2, name, i);
      byte[] bad = good.clone();
      if (i % 4 == 3) {
        bad = Arrays.copyOf(good, random.nextInt(good.length));
      } else {
        bad[random.nextInt(good.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, bad);
      Optional<String> fault = CheckpointSeal.fault(directory, 200);
      assertThat(fault).as("change %d", i).isPresent();
      assertThat(fault.orElseThrow()).startsWith(name);
    }
  }

  @Test
  void aDamagedOneIsRemovedWithAWarningThatNamesTheFile() throws Exception {
    save(100);
    save(200);
    Path file = stage.resolve("checkpoints/step-00000200/tensors.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[7] ^= 1;
    Files.write(file, bytes);

    assertThat(newest().step()).isEqualTo(100);
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .contains("step-00000200 is damaged: tensors.safetensors does not match its checksum")
        .endsWith("It is removed; going on from the one before, or from the start.");
    save(150);
    assertThat(names()).containsExactly("step-00000100", "step-00000150");
  }

  @Test
  void everyKindOfDamageIsNamed() throws Exception {
    save(100);
    Path directory = stage.resolve("checkpoints/step-00000100");
    Files.write(directory.resolve("state.json"), new byte[3]);
    assertThat(CheckpointSeal.fault(directory, 100))
        .hasValueSatisfying(
            f -> assertThat(f).matches("state.json has 3 bytes, \\d+ were written"));
    assertThat(CheckpointSeal.fault(directory, 101))
        .contains("checkpoint.json belongs to step 100");
    Path seal = directory.resolve("checkpoint.json");
    Files.writeString(seal, "[1]\n");
    assertThat(CheckpointSeal.fault(directory, 100)).contains("checkpoint.json is not valid JSON");
    Files.writeString(seal, "{}\n");
    assertThat(CheckpointSeal.fault(directory, 100))
        .contains("checkpoint.json does not match its own checksum");
    String body = "{\"format\":9,\"step\":100,\"files\":{}";
    Files.writeString(seal, body + ",\"checksum\":\"" + Hashes.text(body + "}") + "\"}\n");
    assertThat(CheckpointSeal.fault(directory, 100))
        .contains("checkpoint.json has the unknown format 9");
    Files.delete(seal);
    assertThat(CheckpointSeal.fault(directory, 100)).contains("checkpoint.json is missing");
    assertThat(checkpoints(FileSystemOps.DISK).newest()).isEmpty();
    assertThat(warnings).hasSize(1);
  }
}
