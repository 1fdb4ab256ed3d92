package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;

/** The recipes that the repository ships. */
@Tag("e2e")
class SmokeRunTest {
  private static final Path ROOT = Path.of(System.getProperty("plumbline.root", ".."));

  @TempDir private Path folder;

  /** All stages of configs/smoke.yaml, from nothing to the report. */
  @Test
  void theSmokeRecipeRunsToItsReport() throws IOException {
    Cli.Result result =
        Cli.run("run", ROOT.resolve("configs/smoke.yaml"), "--output", folder).done();
    Path run = folder.resolve("smoke");
    for (String stage :
        List.of(
            "world",
            "pretrain",
            "sft",
            "human-pairs",
            "human-reward",
            "human-ppo",
            "ai-pairs",
            "ai-reward",
            "ai-ppo",
            "evaluate")) {
      assertThat(run.resolve(stage).resolve("manifest.json")).exists();
    }
    assertThat(result.out()).contains("prompt    ", "sft       ", "human-ppo ");
    String html = Files.readString(run.resolve("report.html"));
    assertThat(html).contains("<svg", "human-ppo", "ai-ppo");
    assertThat(html)
        .as("self-contained")
        .doesNotContain("<script src", "<link ", "<img src=\"http");
    JsonNode report = Json.read(run.resolve("report.json"));
    assertThat(report.toString()).contains("human-ppo", "ai-ppo", "kl");
  }

  @TestFactory
  Stream<DynamicTest> everyRecipeIsValid() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("configs"))) {
      List<Path> recipes =
          files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      assertThat(recipes).isNotEmpty();
      return recipes.stream()
          .map(
              recipe ->
                  DynamicTest.dynamicTest(
                      recipe.getFileName().toString(), () -> requireValid(recipe)));
    }
  }

  /** As the recipe's first line says: from the repository's root. */
  private void requireValid(Path recipe) throws IOException, InterruptedException {
    boolean outside = Files.readString(recipe).contains("../shared/");
    Assumptions.assumeTrue(
        !outside || Files.isDirectory(ROOT.resolve("../shared/data")),
        "its data, ../shared/data, are not here");
    Path name = ROOT.toAbsolutePath().relativize(recipe.toAbsolutePath());
    try (ChildRun child = ChildRun.startIn(ROOT, folder, "validate", name)) {
      child.done();
    }
  }
}
