package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts rely on: names, help, exit codes. */
@Tag("contract")
class CommandLineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "validate",
        "check",
        "sample-world",
        "pretrain",
        "sft",
        "preferences",
        "ai-feedback",
        "reward-model",
        "reward",
        "ppo",
        "evaluate",
        "score",
        "generate",
        "chat",
        "merge",
        "quantize",
        "data",
        "data import",
        "judge",
        "report"
      })
  void everyCommandHelps(String command) {
    String[] words = (command + " --help").split(" ");
    Cli.Result result = Cli.run((Object[]) words).done();
    String name = command.equals("reward") ? "reward-model" : command;
    assertThat(result.out()).startsWith("Usage: plumbline " + name).contains("--help");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void theHelpNamesAllCommandsAndExitCodes() {
    Cli.Result result = Cli.run("--help").done();
    assertThat(result.out())
        .contains(
            "run ", "validate", "reward-model, reward", "score", "merge", "quantize", "report")
        .containsPattern(
            "0 done; 2 refused before the first stage; 1 failed later; 130\\s+stopped");
  }

  @Test
  void theVersionIsPrinted() {
    assertThat(Cli.run("--version").done().out()).startsWith("plumbline ");
  }

  @Test
  void usageErrorsAreRefused() {
    Cli.run().refused("Which command?", "plumbline --help");
    Cli.run("frob").refused("frob");
    Cli.run("rnu", "x.yaml").refused("rnu", "Did you mean: run?");
    Cli.run("run").refused("RECIPE");
    Cli.run("run", "x.yaml", "--frash").refused("--frash", "--fresh");
    Cli.run("score", "--model", "m").refused("--input");
    Cli.run("generate", "--model", "m", "--input", "i", "--output", "o", "--n", "many")
        .refused("--n", "many");
    Cli.run("data").refused("import");
  }

  @Test
  void stageFlagsAreCheckedLikeRecipeKeys(@TempDir Path folder) {
    Cli.run("sft", "--output", folder, "--model", "m", "--data", "d", "--max-lenght", "3")
        .refused("max_lenght", "max_length");
    Cli.run("sft", "--output", folder, "--model", "m", "--max-length").refused("--max-length");
    Cli.run("sft", "--output", folder, "m").refused("m is no flag", "--key value");
    Cli.run("sft", "--output", folder, "--model", "m", "--data", "d", "--max-length", "long")
        .refused("sft.max_length", "long");
    Cli.run("sft", "--output", folder).refused("sft.model", "sft.data");
  }

  @Test
  void aStageRunsAlone(@TempDir Path folder) {
    Cli.Result result =
        Cli.run(
            "sample-world",
            "--output",
            folder,
            "--run-name",
            "alone",
            "--seed",
            "3",
            "--corpus",
            "20",
            "--demonstrations=20",
            "--pairs",
            "20",
            "--test-pairs",
            "2",
            "--prompts",
            "4",
            "--validation-prompts",
            "2",
            "--test-prompts",
            "2");
    assertThat(result.done().out()).contains("20 dialogues");
    assertThat(folder.resolve("alone/sample-world/manifest.json")).exists();
    assertThat(folder.resolve("alone/sample-world/corpus.jsonl")).exists();
  }

  @Test
  void stackTracesAppearOnlyWithDebug(@TempDir Path folder) {
    Path none = folder.resolve("none.yaml");
    assertThat(Cli.run("run", none).refused("none.yaml").err().lines()).hasSize(1);
    Cli.Result debug = Cli.run("run", none, "--debug");
    assertThat(debug.code()).isEqualTo(2);
    assertThat(debug.err()).contains("none.yaml", "\tat org.plumbline.");
    assertThat(Cli.run("validate", none, "--debug").err()).contains("\tat org.plumbline.");
    assertThat(Cli.run("data", "import", "--input", none, "--output", none, "--debug").err())
        .contains("\tat org.plumbline.");
  }
}
