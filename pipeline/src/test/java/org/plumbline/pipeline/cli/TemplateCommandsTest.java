package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;

/** Every command on a result of {@code sft} with {@code template} sees that template. */
class TemplateCommandsTest {
  private static final String ASKED = "<|user|>\nMay I?<|im_end|>\n<|assistant|>\n";

  @TempDir private Path folder;
  private Path model;
  private Path results;

  @BeforeEach
  void train() throws IOException {
    model = TinyModels.llama(folder.resolve("model"), 16);
    Files.delete(model.resolve("chat_template.jinja"));
    Path config = model.resolve("tokenizer_config.json");
    ObjectNode json = (ObjectNode) Json.read(config);
    json.remove("chat_template");
    Files.writeString(config, Json.pretty(json));
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      rows.append(
              "{\"prompt\":[{\"role\":\"user\",\"content\":\"May I use pool %d?\"}],".formatted(i))
          .append("\"completion\":[{\"role\":\"assistant\",\"content\":\"You may.\"}]}\n");
    }
    Path data = Files.writeString(folder.resolve("data.jsonl"), rows);
    String stage =
        "  - sft: {name: %1$s, model: '%2$s', data: '%3$s', method: %1$s, template: zephyr, training: {steps: 2, batch_size: 4}}\n";
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            "run: {name: zephyrs, output: '%s'}\nstages:\n".formatted(folder.resolve("runs"))
                + stage.formatted("full", model, data)
                + stage.formatted("lora", model, data));
    assertThat(Cli.run("run", recipe).done().out())
        .contains("full: chat template zephyr, written beside the tokenizer; the model had none");
    results = folder.resolve("runs").resolve("zephyrs");
  }

  private JsonNode row(String command, String row, Object... flags) throws IOException {
    Path input = Files.writeString(folder.resolve("in.jsonl"), row + "\n");
    Path output = folder.resolve("out.jsonl");
    List<Object> line = new java.util.ArrayList<>(List.of(command, "--input", input));
    line.addAll(List.of("--output", output));
    line.addAll(List.of(flags));
    Cli.run(line.toArray()).done();
    return JsonLines.readAll(output).get(0).value();
  }

  @Test
  void renderGenerateAndChatAskByIt() throws IOException {
    String question = "{\"messages\":[{\"role\":\"user\",\"content\":\"May I?\"}]%s}";
    for (String kind : List.of("full", "lora")) {
      Path result = results.resolve(kind);
      String more = ",\"add_generation_prompt\":true";
      assertThat(row("render", question.formatted(more), "--model", result).path("text").asText())
          .isEqualTo(ASKED);
      Object[] greedy = {
        "--model", result, "--temperature", 0, "--max-new-tokens", 8, "--logprobs"
      };
      JsonNode reply = row("generate", question.formatted(""), greedy);
      ObjectNode spelled = Json.mapper().createObjectNode().put("prompt", ASKED);
      assertThat(reply.path("token_logprobs"))
          .isEqualTo(row("generate", spelled.toString(), greedy).path("token_logprobs"));
      spelled.put("prompt", "<|im_start|>user\nMay I?<|im_end|>\n<|im_start|>assistant\n");
      assertThat(reply.path("token_logprobs"))
          .isNotEqualTo(row("generate", spelled.toString(), greedy).path("token_logprobs"));
      Cli.Result chat =
          Cli.typed(
                  "May I?\n", "chat", "--model", result, "--temperature", 0, "--max-new-tokens", 8)
              .done();
      assertThat(chat.out()).contains("> " + reply.path("completion").asText());
    }
  }

  @Test
  void checkShowsItAndAMergedAdapterKeepsIt() throws IOException {
    StringBuilder prompts = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      prompts.append("{\"prompt\":[{\"role\":\"user\",\"content\":\"At %d?\"}]}\n".formatted(i));
    }
    Path reward = TinyModels.rewardModel(folder.resolve("reward"));
    Path merged = folder.resolve("merged");
    Cli.run("merge", "--model", results.resolve("lora"), "--output", merged).done();
    for (Path policy : List.of(results.resolve("full"), results.resolve("lora"), merged)) {
      Path recipe =
          Files.writeString(
              folder.resolve("check.yaml"),
              "run: {name: checked, output: '%s'}\nstages:\n  - ppo: {policy: '%s', reward: '%s', prompts: '%s'}\n"
                  .formatted(
                      folder.resolve("other"),
                      policy,
                      reward,
                      Files.writeString(folder.resolve("prompts.jsonl"), prompts)));
      assertThat(Cli.run("check", recipe).done().out()).contains("?<|im_end|>\\n<|assistant|>\\n");
    }
    assertThat(merged.resolve("chat_template.jinja")).isRegularFile();
  }
}
