package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk fills up while something is saved: one clear error, and what stood before still does.
 */
@Tag("e2e")
class FullDiskTest {
  @TempDir private Path folder;
  private Path disk;

  /** A disk of a few kilobytes, where this process may make one. */
  @BeforeEach
  void mount() throws IOException, InterruptedException {
    disk = Files.createDirectory(folder.resolve("disk"));
    boolean mounted = works("mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk.toString());
    Assumptions.assumeTrue(mounted, "no small disk: mounting a tmpfs is not permitted here");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    works("umount", disk.toString());
  }

  private boolean works(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("command.log").toFile())
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // no such command on this system
    }
  }

  @Test
  void aRunThatFillsTheDiskCanGoOnWhenThereIsRoom() throws IOException, InterruptedException {
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            run: {name: r, seed: 1}
            stages:
              - sample-world: {name: world, corpus: 20, demonstrations: 20, pairs: 20, test_pairs: 4, prompts: 8, validation_prompts: 2, test_prompts: 2}
              - sample-world: {name: large, corpus: 3000, demonstrations: 20, pairs: 20, test_pairs: 4, prompts: 8, validation_prompts: 2, test_prompts: 2}
            """);
    Cli.run("run", recipe, "--output", disk)
        .failed("no space left", "corpus.jsonl", "same command");
    assertThat(disk.resolve("r/large/manifest.json")).doesNotExist();
    assertThat(disk.resolve("r/large/corpus.jsonl")).doesNotExist();
    SortedMap<String, String> before = RunFiles.comparable(disk.resolve("r/world"));
    assertThat(before).containsKeys("manifest.json", "corpus.jsonl");
    assertThat(works("mount", "-o", "remount,size=8m", disk.toString())).isTrue();
    Cli.Result again = Cli.run("run", recipe, "--output", disk).done();
    assertThat(again.out()).containsPattern("world +sample-world +skipped");
    assertThat(RunFiles.comparable(disk.resolve("r/world"))).isEqualTo(before);
  }

  @Test
  void aModelThatDoesNotFitLeavesNoHalfFolder() throws IOException {
    Path base = TinyModels.llama(folder.resolve("base"), 64);
    Path adapter = TinyModels.adapter(base, folder.resolve("adapter"));
    Path target = disk.resolve("merged");
    Files.write(disk.resolve("filler"), new byte[380_000]);
    Cli.run("merge", "--model", base, "--adapter", adapter, "--output", target)
        .failed("merged", "space left");
    try (var left = Files.list(disk)) {
      assertThat(left.toList()).isEqualTo(List.of(disk.resolve("filler")));
    }
    Files.delete(disk.resolve("filler"));
    Cli.run("merge", "--model", base, "--adapter", adapter, "--output", target).done();
  }

  @Test
  void aCheckpointThatDoesNotFitLeavesTheRunResumable() throws IOException, InterruptedException {
    Path texts =
        Files.writeString(
            folder.resolve("t.jsonl"), "{\"text\":\"The pool is open.\"}\n".repeat(9));
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            run: {name: r, seed: 1}
            stages:
              - pretrain:
                  data: '%s'
                  size: {vocab_size: 300, hidden_size: 64, layers: 1, heads: 1}
                  training: {steps: 4, batch_size: 2, checkpoint_every: 2}
            """
                .formatted(texts));
    Cli.run("run", recipe, "--output", disk).failed("space left");
    assertThat(disk.resolve("r/pretrain/manifest.json")).doesNotExist();
    assertThat(works("mount", "-o", "remount,size=8m", disk.toString())).isTrue();
    Cli.run("run", recipe, "--output", disk).done();
    assertThat(disk.resolve("r/pretrain/model.safetensors")).isNotEmptyFile();
  }
}
