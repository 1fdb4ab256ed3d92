package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.stage.JsonLines;

@Tag("contract")
class RenderCommandTest {
  private static final String ASKED = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
  private static final String ANSWERED =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},"
          + "{\"role\":\"assistant\",\"content\":\"Yes\"}]";

  @TempDir private Path folder;

  private Path file(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private Path tokenizer() {
    Path model = folder.resolve("model");
    ByteLevelBpeTrainer.train(List.<String>of().iterator(), 259, SpecialNames.CHAT_ML)
        .write(model, SpecialNames.chatMl());
    return model;
  }

  private List<JsonNode> rendered(Object... arguments) throws IOException {
    Path out = folder.resolve("out.jsonl");
    List<Object> all = new ArrayList<>(List.of("render", "--output", out));
    all.addAll(List.of(arguments));
    Cli.run(all.toArray()).done();
    return JsonLines.readAll(out).stream().map(row -> row.value()).toList();
  }

  @Test
  void rowsBecomeTextsAndABadOneDoesNotStopTheOthers() throws IOException {
    Path template =
        file(
            "t.jinja",
            "{{ bos_token }}{% for m in messages %}{% if m.role == 'tool' %}",
            "{{ raise_exception('no tools here') }}{% endif %}{{ m.role ~ ':' ~ m.content }};",
            "{% endfor %}{{ tools | length if tools else 0 }}{{ 'A:' if add_generation_prompt }}",
            "{{- strftime_now(' %d %B %Y') if dated }}");
    Path input =
        file(
            "in.jsonl",
            ASKED + ",\"bos_token\":\"<s>\",\"add_generation_prompt\":true}",
            "{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}",
            "no JSON",
            "{\"messages\":\"x\"}",
            ASKED + ",\"tools\":[{\"name\":\"f\"}],\"dated\":true}",
            ANSWERED + ",\"continue_final_message\":true}",
            ANSWERED + ",\"continue_final_message\":true,\"add_generation_prompt\":true}");
    List<JsonNode> rows = rendered("--template", template, "--input", input, "--now", "2026-11-21");
    assertThat(rows).hasSize(7);
    assertThat(rows.get(0).path("text").asText()).isEqualTo("<s>user:Hi;\n0A:");
    assertThat(rows.get(1).path("error").asText())
        .isEqualTo("chat template line 2, column 19: no tools here");
    assertThat(rows.get(2).path("error").asText()).contains("in.jsonl line 3", "not valid JSON");
    assertThat(rows.get(3).path("error").asText())
        .contains("line 4", "\"messages\" must be a list");
    assertThat(rows.get(4).path("text").asText()).isEqualTo("user:Hi;\n1 21 November 2026");
    assertThat(rows.get(5).path("text").asText()).isEqualTo("user:Hi;\nassistant:Yes");
    assertThat(rows.get(6).path("error").asText()).contains("exclude each other");
  }

  @Test
  void aModelFolderAddsIdsAndTheMaskOfWhatTheAssistantWrites() throws IOException {
    Path input = file("in.jsonl", ANSWERED + "}", ASKED + ",\"add_generation_prompt\":true}");
    List<JsonNode> rows = rendered("--model", tokenizer(), "--input", input);
    JsonNode row = rows.get(0);
    assertThat(row.path("text").asText())
        .isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYes<|im_end|>\n");
    assertThat(row.path("input_ids").size()).isEqualTo(row.path("assistant_mask").size());
    int trained = 0;
    for (JsonNode flag : row.path("assistant_mask")) {
      trained += flag.asInt();
    }
    assertThat(trained).isEqualTo("Yes".length() + 1);
    assertThat(row.has("mask_error")).isFalse();
    assertThat(rows.get(1).path("assistant_mask")).allMatch(flag -> flag.asInt() == 0);
  }

  @Test
  void aMaskThatIsNotCertainIsSaidToBeSo() throws IOException {
    Path model = tokenizer();
    Files.writeString(
        model.resolve("chat_template.jinja"),
        "{% for m in messages %}{{ m.content | upper }}{% endfor %}");
    JsonNode row = rendered("--model", model, "--input", file("in.jsonl", ANSWERED + "}")).get(0);
    assertThat(row.path("text").asText()).isEqualTo("HIYES");
    assertThat(row.path("mask_error").asText())
        .isEqualTo(
            "message 1 (assistant): its content \"Yes\" is not in the rendered text, so the template rewrites it");
    assertThat(row.path("assistant_mask")).hasSize(5).allMatch(flag -> flag.asInt() == 0);
  }

  @Test
  void mistakesOfTheCommandLineAreRefused() throws IOException {
    Path input = file("in.jsonl", ASKED + "}");
    Path out = folder.resolve("out.jsonl");
    Cli.run("render", "--input", input, "--output", out).refused("--template", "--model");
    Cli.run("render", "--template", folder.resolve("no"), "--input", input, "--output", out)
        .refused("no is no file");
    Path bad = file("bad.jinja", "{% if x %}", "{% for %}");
    Cli.run("render", "--template", bad, "--input", input, "--output", out)
        .refused("bad.jinja", "line 2, column 8");
    Path template = file("t.jinja", "x");
    Cli.run("render", "--template", template, "--now", "May", "--input", input, "--output", out)
        .refused("--now May is no date");
    Cli.run("render", "--model", folder.resolve("no"), "--input", input, "--output", out)
        .refused("no tokenizer.json");
  }
}
