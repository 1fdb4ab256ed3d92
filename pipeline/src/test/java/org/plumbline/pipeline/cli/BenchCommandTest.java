package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench} on tiny models: its figures fit together. */
@Tag("contract")
class BenchCommandTest {
  @TempDir private Path folder;

  @Test
  void adaptersAreMeasuredInThreeWays() throws IOException {
    Path model = TinyModels.llama(folder.resolve("model"), 16);
    Cli.Result result =
        Cli.run(
            "bench",
            "adapters",
            "--model",
            model,
            "--adapters",
            5,
            "--rank",
            2,
            "--batch",
            2,
            "--repeats",
            1,
            "--json");
    JsonNode figures = new ObjectMapper().readTree(result.done().out());
    for (String side : List.of("merged", "beside", "mixed")) {
      double seconds = figures.path(side).path("seconds").asDouble();
      assertThat(figures.path(side).path("tokens_per_second").asDouble())
          .isCloseTo(256 / seconds, within(0.01));
    }
    assertThat(figures.path("mixed_to_merged").asDouble())
        .isCloseTo(
            figures.path("merged").path("seconds").asDouble()
                / figures.path("mixed").path("seconds").asDouble(),
            within(1e-9));
    assertThat(figures.path("mixed_to_beside").asDouble()).isPositive();
    assertThat(figures.path("adapters").asInt()).isEqualTo(5);
  }

  @Test
  void oneSideStandsByItself() throws IOException {
    Path model = TinyModels.llama(folder.resolve("model"), 16);
    for (String what : List.of("sft", "generate")) {
      Cli.Result result =
          Cli.run(
              "bench",
              what,
              "--model",
              model,
              "--batch",
              2,
              "--length",
              8,
              "--repeats",
              0,
              "--json");
      JsonNode figures = new ObjectMapper().readTree(result.done().out());
      double tokens = what.equals("sft") ? 16 : 256;
      assertThat(figures.path("tokens_per_second").asDouble())
          .isCloseTo(tokens / figures.path("seconds").asDouble(), within(0.01));
      assertThat(figures.has("loss")).isEqualTo(what.equals("sft"));
    }
  }

  @Test
  void mistakesAreNamed() {
    Path model = TinyModels.llama(folder.resolve("model"), 16);
    Cli.run("bench", "adapters", "--model", model, "--adapters", 0)
        .refused("--adapters 0 must be at least 1");
    Cli.run("bench", "adapters", "--model", model, "--rank", 0)
        .refused("lora.rank=0 must be at least 1");
    Cli.run("bench", "sleep", "--model", model).refused("needed: sft, generate or adapters");
  }
}
