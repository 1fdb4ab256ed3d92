package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.stage.BreakingOps.Fault;

class ManifestsTest {
  @TempDir Path folder;

  private static Manifest manifest(String name) {
    return new Manifest(
        "sft",
        name,
        Json.mapper().createObjectNode().put("epochs", 3).put("rate", 1e-4),
        "c0",
        Map.of("model", new Manifest.Input("pretrain", "ab")),
        7,
        Map.of("plumbline", "0.1"),
        Map.of("loss", 0.5),
        List.of("a warning"),
        Map.of("model.safetensors", "ff"),
        false);
  }

  @Test
  void aManifestReadsBackEqual() throws Exception {
    assertThat(Manifests.read(folder)).isEmpty();
    Manifests.write(folder, manifest("sft"));
    assertThat(Manifests.read(folder)).contains(manifest("sft"));
    assertThat(Files.readString(folder.resolve("manifest.json")))
        .contains("\"config_hash\": \"c0\"");
  }

  @Test
  void aDamagedManifestIsNamed() throws Exception {
    Files.writeString(folder.resolve("manifest.json"), "{\"kind\": \"sft\"");
    assertThatThrownBy(() -> Manifests.read(folder))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("manifest.json line 1 is not valid JSON");
    Files.writeString(
        folder.resolve("manifest.json"), "{\"kind\": \"sft\", \"name\": \"a\", \"config\": {}}");
    assertThatThrownBy(() -> Manifests.read(folder))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("manifest.json lacks the key \"config_hash\"");
    Files.writeString(folder.resolve("manifest.json"), "{\"colour\": 1}");
    assertThatThrownBy(() -> Manifests.read(folder)).hasMessageContaining("colour");
  }

  @Test
  void hashesAreThoseOfSha256() throws Exception {
    assertThat(Hashes.text("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Path file = Files.writeString(folder.resolve("x"), "abc");
    assertThat(Hashes.file(file)).isEqualTo(Hashes.text("abc"));
    assertThat(Hashes.combined(Map.of("b", "2", "a", "1"))).isEqualTo(Hashes.text("1  a\n2  b\n"));
  }

  @Test
  void anArtifactIsItsFilesWithoutTheRunsRecords() throws Exception {
    for (String name :
        List.of(
            "config.json",
            "deep/model.safetensors",
            "manifest.json",
            "started.json",
            "metrics.jsonl",
            "timings.jsonl",
            "samples.jsonl",
            "events.out.tfevents.1.h",
            "checkpoints/step-00000001/x",
            ".hidden",
            "deep/.hidden/x")) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.writeString(folder.resolve(name), name);
    }
    assertThat(Manifests.artifactFiles(folder).keySet())
        .containsExactly("config.json", "deep/model.safetensors");
  }

  @Test
  void contentIsHashedWhateverThePathLeadsTo() throws Exception {
    Path file = Files.writeString(folder.resolve("rows.jsonl"), "{}");
    assertThat(Manifests.contentHash(file)).isEqualTo(Hashes.text("{}"));
    assertThat(Manifests.contentHash(folder))
        .isEqualTo(Hashes.combined(Map.of("rows.jsonl", Hashes.text("{}"))));
    Manifests.write(folder, manifest("sft"));
    assertThat(Manifests.contentHash(folder))
        .isEqualTo(Manifests.artifactHash(manifest("other name")))
        .isEqualTo(Hashes.combined(Map.of("model.safetensors", "ff")));
    assertThatThrownBy(() -> Manifests.contentHash(folder.resolve("none")))
        .hasMessageContaining("none does not exist");
  }

  @Test
  void theConfigHashIgnoresOrderAndLeftOutKeys() throws Exception {
    String one = "{\"a\":1,\"b\":{\"c\":[1,{\"y\":1,\"x\":2}],\"path\":\"x\"}}";
    String two = "{\"b\":{\"path\":\"y\",\"c\":[1,{\"x\":2,\"y\":1}]},\"a\":1}";
    String three = "{\"b\":{\"path\":\"y\",\"c\":[{\"x\":2,\"y\":1},1]},\"a\":1}";
    assertThat(hash(one)).isEqualTo(hash(two)).isNotEqualTo(hash(three));
    assertThat(Manifests.configHash(Json.mapper().readTree(one), Set.of()))
        .isNotEqualTo(Manifests.configHash(Json.mapper().readTree(two), Set.of()));
  }

  @Test
  void itemsOfListsAreLeftOutByTheirPlace() throws IOException {
    String one = "{\"sources\":[{\"path\":\"a\",\"weight\":1},{\"path\":\"b\",\"weight\":2}]}";
    Set<String> second = Set.of("sources[1].path");
    String hash = Manifests.configHash(Json.mapper().readTree(one), second);
    assertThat(Manifests.configHash(Json.mapper().readTree(one.replace("\"b\"", "\"c\"")), second))
        .isEqualTo(hash);
    for (String change : new String[] {one.replace("\"a\"", "\"c\""), one.replace("2", "3")}) {
      assertThat(Manifests.configHash(Json.mapper().readTree(change), second)).isNotEqualTo(hash);
    }
  }

  private static String hash(String json) throws IOException {
    return Manifests.configHash(Json.mapper().readTree(json), Set.of("b.path"));
  }

  @Test
  void aDirectoryGoesThroughItsLife() throws Exception {
    ArtifactDirectory artifact = new ArtifactDirectory(folder.resolve("sft"));
    artifact.recover();
    assertThat(artifact.isFinished()).isFalse();
    assertThat(artifact.finishedPath()).isEmpty();
    artifact.begin(manifest("one"));
    Files.writeString(artifact.path().resolve("model"), "one");
    assertThat(artifact.started()).contains(manifest("one"));
    artifact.finish(manifest("one"));
    assertThat(artifact.manifest()).contains(manifest("one"));
    assertThat(artifact.started()).isEmpty();

    artifact.startOver();
    assertThat(artifact.isFinished()).isFalse();
    assertThat(artifact.path()).isEmptyDirectory();
    assertThat(artifact.finishedPath()).contains(folder.resolve("sft.previous"));
    artifact.begin(manifest("two"));
    artifact.startOver();
    assertThat(artifact.started()).isEmpty();
    assertThat(artifact.finishedPath()).contains(folder.resolve("sft.previous"));
    artifact.finish(manifest("three"));
    assertThat(folder.resolve("sft.previous")).doesNotExist();
    assertThat(artifact.finishedPath()).contains(artifact.path());
  }

  /** One rerun: recover, set aside, begin, write, finish; does again what was not done. */
  private static void rerun(Path directory, AtomicFiles files) throws IOException {
    ArtifactDirectory artifact = new ArtifactDirectory(directory, files);
    artifact.recover();
    if (artifact.isFinished() && artifact.manifest().orElseThrow().name().equals("new")) {
      return;
    }
    if (artifact.isFinished() || artifact.started().isEmpty()) {
      artifact.startOver();
    }
    artifact.begin(manifest("new"));
    files.writeString(directory.resolve("model"), "new");
    artifact.finish(manifest("new"));
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aRerunMayBreakAnywhereAndAFinishedArtifactStays(Fault fault) throws Exception {
    boolean broke = true;
    int points = 0;
    for (int at = 1; broke; at++) {
      Path directory = folder.resolve("run" + at).resolve("sft");
      AtomicFiles sound = new AtomicFiles(BreakingOps.sound());
      ArtifactDirectory artifact = new ArtifactDirectory(directory, sound);
      artifact.begin(manifest("old"));
      Files.writeString(directory.resolve("model"), "old");
      artifact.finish(manifest("old"));

      BreakingOps ops = new BreakingOps(at, fault);
      catchThrowable(() -> rerun(directory, new AtomicFiles(ops)));
      broke = ops.broke();
      Path finished = artifact.finishedPath().orElseThrow();
      assertThat(finished.resolve("model"))
          .as("point %d", at)
          .hasContent(Manifests.read(finished).orElseThrow().name());

      rerun(directory, sound);
      assertThat(artifact.manifest().orElseThrow().name()).isEqualTo("new");
      assertThat(directory.resolve("model")).hasContent("new");
      try (var entries = Files.list(directory.getParent())) {
        assertThat(entries).as("point %d", at).containsExactly(directory);
      }
      points = at;
    }
    assertThat(points).isGreaterThan(20);
  }
}
