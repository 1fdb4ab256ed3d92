package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;

/** {@code plumbline quantize} on a tiny model, and what other commands make of its folder. */
@Tag("contract")
class QuantizeCommandTest {
  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static Path model;

  @BeforeAll
  static void make() {
    model = TinyModels.llama(shared.resolve("model"), 64);
  }

  private double score(Object... flags) throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("in.jsonl"),
            "{\"prompt\":\"May I\",\"completion\":\" use the pool?\"}\n");
    Path output = folder.resolve("out.jsonl");
    Object[] all = new Object[5 + flags.length];
    System.arraycopy(new Object[] {"score", "--input", input, "--output", output}, 0, all, 0, 5);
    System.arraycopy(flags, 0, all, 5, flags.length);
    Cli.run(all).done();
    return JsonLines.readAll(output).get(0).value().path("logprob").asDouble();
  }

  @Test
  void aQuantisedFolderIsAModelFolder() throws IOException {
    double before = score("--model", model);
    for (String scheme : List.of("nf4", "int8")) {
      Path packed = folder.resolve(scheme);
      Cli.Result result =
          Cli.run("quantize", "--model", model, "--scheme", scheme, "--output", packed).done();
      assertThat(result.out())
          .contains("quantized: " + packed, "7 linear layers in " + scheme, "MiB of weights");
      assertThat(result.err()).contains("quantize, MiB read: ");
      assertThat(packed.resolve("tokenizer.json"))
          .hasSameBinaryContentAs(model.resolve("tokenizer.json"));
      assertThat(packed.resolve("generation_config.json")).exists();
      double after = score("--model", packed);
      assertThat(after).isNotEqualTo(before).isCloseTo(before, within(0.5));
      Cli.run("quantize", "--model", packed, "--scheme", "nf4", "--output", folder.resolve("x"))
          .refused("is quantised already");
    }
    Path plain = folder.resolve("plain");
    Cli.run("quantize", "--model", model, "--scheme", "nf4", "--no-double-quant", "--output", plain)
        .done();
    assertThat(names(plain)).contains("up_proj.weight.absmax").doesNotContain("nested_absmax");
    assertThat(names(folder.resolve("nf4"))).contains("up_proj.weight.nested_absmax");
  }

  /** The header of a weight file, as text. */
  private static String names(Path model) throws IOException {
    return Files.readString(model.resolve("model.safetensors"), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theResultIsJsonOnRequest() throws IOException {
    Path packed = folder.resolve("nf4");
    Cli.Result result =
        Cli.run("quantize", "--model", model, "--scheme", "nf4", "--output", packed, "--json")
            .done();
    JsonNode json = Json.mapper().readTree(result.out());
    assertThat(json.path("packed_weights").asInt()).isEqualTo(7);
    assertThat(json.path("double_quant").asBoolean()).isTrue();
    assertThat(json.path("bytes_after").asLong()).isLessThan(json.path("bytes_before").asLong());
  }

  @Test
  void anAdapterIsTrainedOnAQuantisedBaseAndMergedWithIt() throws IOException {
    Path packed = folder.resolve("nf4");
    Cli.run("quantize", "--model", model, "--scheme", "nf4", "--output", packed).done();
    Path adapter = TinyModels.adapter(packed, folder.resolve("adapter"));
    Path merged = folder.resolve("merged");
    Cli.run("merge", "--model", packed, "--adapter", adapter, "--output", merged).done();
    assertThat(merged.resolve("config.json")).content().doesNotContain("quantization_config");
    assertThat(score("--model", merged)).isCloseTo(score("--model", packed), within(1e-4));
  }

  @Test
  void whatCannotBeDoneIsRefusedBeforeAnythingIsWritten() throws IOException {
    Path out = folder.resolve("out");
    Cli.run("quantize", "--model", model, "--scheme", "gptq", "--output", out)
        .refused("--scheme gptq is unknown; needed: nf4 or int8");
    Cli.run("quantize", "--model", model, "--scheme", "int8", "--no-double-quant", "--output", out)
        .refused("--no-double-quant", "one scale per row");
    Cli.run("quantize", "--model", folder.resolve("no"), "--scheme", "nf4", "--output", out)
        .refused("is no folder");
    Cli.run("quantize", "--model", model, "--scheme", "nf4", "--output", folder)
        .refused("exists already");
    Path adapter = TinyModels.adapter(model, folder.resolve("adapter"));
    Cli.run("quantize", "--model", adapter, "--scheme", "nf4", "--output", out)
        .refused("is an adapter", "plumbline merge");
    assertThat(out).doesNotExist();
  }

  @Test
  void aTruncatedModelIsRefusedPackedOrNot() throws IOException {
    Path cut = TinyModels.llama(folder.resolve("cut"), 64);
    try (RandomAccessFile file =
        new RandomAccessFile(cut.resolve("model.safetensors").toFile(), "rw")) {
      file.setLength(file.length() - 10);
    }
    Path out = folder.resolve("out");
    Cli.run("quantize", "--model", cut, "--scheme", "nf4", "--output", out)
        .refused("model.safetensors");
    assertThat(out).doesNotExist();
    Path packed = folder.resolve("packed");
    Cli.run("quantize", "--model", model, "--scheme", "nf4", "--output", packed).done();
    try (RandomAccessFile file =
        new RandomAccessFile(packed.resolve("model.safetensors").toFile(), "rw")) {
      file.setLength(file.length() - 10);
    }
    Path rows = Files.writeString(folder.resolve("in.jsonl"), "{\"input_ids\":[5,6]}\n");
    Cli.run("score", "--model", packed, "--input", rows, "--output", out)
        .refused("model.safetensors");
  }
}
