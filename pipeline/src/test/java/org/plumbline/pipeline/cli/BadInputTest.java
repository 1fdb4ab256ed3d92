package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models, adapters and rows that cannot be used: one clear error each, no output. */
@Tag("contract")
class BadInputTest {
  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static Path model;
  private static Path rows;

  @BeforeAll
  static void make() throws IOException {
    model = TinyModels.llama(shared.resolve("model"), 16);
    rows =
        Files.writeString(
            shared.resolve("rows.jsonl"), "{\"prompt\":\"May I\",\"completion\":\" use it?\"}\n");
  }

  private Cli.Result score(Path model, Path input, Object... more) {
    Path output = folder.resolve("out.jsonl");
    Object[] all =
        Stream.concat(
                Stream.of("score", "--model", model, "--input", input, "--output", output),
                Arrays.stream(more))
            .toArray();
    Cli.Result result = Cli.run(all);
    assertThat(output).doesNotExist();
    return result;
  }

  private Path copy() throws IOException {
    Path copy = Files.createDirectories(folder.resolve("copy"));
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  @Test
  void aMissingModelFolderIsNamed() {
    score(folder.resolve("nomodel"), rows).refused("nomodel", "is no folder");
    score(folder, rows).refused(folder.toString(), "config.json");
    score(model, rows, "--adapter", folder.resolve("noadapter")).refused("noadapter");
    score(model, rows, "--adapter", folder).refused("adapter_config.json");
  }

  @Test
  void truncatedWeightsAreNamed() throws IOException {
    Path file = copy().resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {bytes.length / 2, 20, 4, 0}) {
      Files.write(file, Arrays.copyOf(bytes, length));
      score(file.getParent(), rows).refused("model.safetensors");
    }
    Files.delete(file);
    score(file.getParent(), rows).refused("safetensors");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"llama\"', '\"frobnicate\"', frobnicate",
    "'\"hidden_size\": 16', '\"hidden_size\": 32', ",
    "'\"hidden_act\": \"silu\"', '\"hidden_act\": \"sulu\"', sulu",
    "'{', '', config.json"
  })
  void aConfigThatDoesNotFitIsNamed(String from, String to, String word) throws IOException {
    Path file = copy().resolve("config.json");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replaceFirst(java.util.regex.Pattern.quote(from), to));
    Cli.Result result = score(file.getParent(), rows);
    result.refused(word == null ? "model.safetensors" : word);
  }

  @Test
  void theAdapterOfAnotherModelIsRefused() {
    Path other = TinyModels.llama(folder.resolve("other"), 32);
    Path adapter = TinyModels.adapter(other, folder.resolve("adapter"));
    score(model, rows, "--adapter", adapter)
        .refused("made for another base: ../other", "another model");
    score(model, rows, "--adapter", adapter, "--force-adapter")
        .refused("adapter_model.safetensors", "[2, 32]", "another model");
  }

  @Test
  void theAdapterWithoutItsBaseIsRefused() throws IOException {
    Path other = TinyModels.llama(folder.resolve("other"), 16);
    Path adapter = TinyModels.adapter(other, folder.resolve("adapter"));
    Files.delete(other.resolve("config.json"));
    score(adapter, rows).refused("base_model_name_or_path");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt\":\"a\"                                       | line 2",
        "{\"prompt\":\"a\"}                                      | \"completion\" is missing",
        "{\"prompt\":\"a\",\"completion\":7}                     | must be text",
        "{\"prompt\":\"\",\"completion\":\"b\"}                  | at least one token before it",
        "[1]                                                     | must be an object",
        "{\"input_ids\":[1,2,900],\"completion_start\":1}        | 900",
        "{\"input_ids\":[1,2,-3],\"completion_start\":1}         | -3",
        "{\"input_ids\":[1,\"x\"],\"completion_start\":1}        | input_ids",
        "{\"input_ids\":\"x\",\"completion_start\":1}            | input_ids",
        "{\"input_ids\":[1,2]}                                   | completion_start",
        "{\"input_ids\":[1,2],\"completion_start\":3}            | completion starts at 3",
        "{\"messages\":[]}                                       | messages",
        "{\"messages\":[{\"role\":\"user\"}]}                    | content"
      })
  void aBadRowIsNamedWithItsLine(String row, String word) throws IOException {
    Path input = folder.resolve("in.jsonl");
    Files.writeString(input, Files.readString(rows) + row + "\n");
    score(model, input).refused("in.jsonl line 2", word);
  }

  @Test
  void badOptionsAreNamed() throws IOException {
    score(model, rows, "--dtype", "float8").refused("--dtype", "float8", "bfloat16");
    score(model, rows, "--device", "cuda:99").refused("cuda:99");
    score(model, rows, "--device", "tpu").refused("tpu");
    score(model, rows, "--batch-size", "0").refused("batch-size");
    score(model, folder.resolve("none.jsonl")).refused("none.jsonl");
    Path prompts = Files.writeString(folder.resolve("p.jsonl"), "{\"prompt\":\"a\"}\n");
    for (String option :
        new String[] {"--temperature=-1", "--top-p=0", "--n=0", "--max-new-tokens=0"}) {
      Cli.run("generate", "--model", model, "--input", prompts, "--output", "o", option)
          .refused(option.substring(2, option.indexOf('=')).replace('-', '_').replace("n_", "n_"));
    }
  }

  @Test
  void aBadPromptIsNamedWithItsLine() throws IOException {
    Path prompts =
        Files.writeString(folder.resolve("p.jsonl"), "{\"prompt\":\"a\"}\n{\"prompt\":\"\"}\n");
    Path output = folder.resolve("o.jsonl");
    Cli.run("generate", "--model", model, "--input", prompts, "--output", output)
        .refused("p.jsonl line 2", "no token");
    assertThat(output).doesNotExist();
  }

  @Test
  void anOutputThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Cli.run("score", "--model", model, "--input", rows, "--output", file.resolve("o.jsonl"))
        .failed("file");
    Cli.run("score", "--model", model, "--input", rows, "--output", folder).failed("directory");
  }
}
