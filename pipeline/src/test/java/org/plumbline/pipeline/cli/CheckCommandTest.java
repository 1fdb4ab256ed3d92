package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.Json;
import org.plumbline.training.check.ShownRow;
import org.plumbline.training.check.ShownRow.ShownToken;

/** What {@code plumbline check} shows, and each fault at which it stops. */
class CheckCommandTest {
  private static final String TURN =
      "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}";
  private static final String LOOP = "{% for message in messages %}%s{% endfor %}";
  private static final String PROMPT =
      "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
  private static final String ENDLESS =
      LOOP.replace("%s", "{{ message['role'] + ': ' + message['content'] + '\\n' }}")
          + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";
  private static final String ROW =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"May I use the pool?\"},"
          + "{\"role\":\"assistant\",\"content\":\"%s\"}]}\n";

  @TempDir private Path folder;
  private Path model;
  private Path data;

  @BeforeEach
  void write() throws IOException {
    model = TinyModels.llama(folder.resolve("model"), 16);
    data =
        Files.writeString(
            folder.resolve("data.jsonl"),
            ROW.formatted("No booking.")
                + ROW.formatted("The pool closes\\n at nine.")
                + ROW.formatted("You may.")
                + ROW.formatted("I am sorry."));
  }

  private Path recipe(String stages) throws IOException {
    return Files.writeString(
        folder.resolve("recipe.yaml"),
        "run: {name: checked, output: '%s'}\nstages:\n%s"
            .formatted(folder.resolve("runs"), stages));
  }

  private Path sft() throws IOException {
    return recipe(
        "  - sft: {model: '%s', data: '%s', validation_share: 0}\n".formatted(model, data));
  }

  /** Enough prompts for some to be held out. */
  private Path prompts() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      rows.append("{\"prompt\":\"May I use the pool at %d?\"}\n".formatted(i));
    }
    return Files.writeString(folder.resolve("prompts.jsonl"), rows);
  }

  private void template(String jinja) throws IOException {
    Files.writeString(model.resolve("chat_template.jinja"), jinja);
  }

  private void token(String key, String text) throws IOException {
    Path file = model.resolve("tokenizer_config.json");
    ObjectNode config = (ObjectNode) Json.read(file);
    Files.writeString(file, Json.pretty(config.put(key, text)));
  }

  private static String whole(String turn) {
    return LOOP.replace("%s", turn) + PROMPT;
  }

  @Test
  void threeRowsAreShownAsTextAndIdsWithWhatIsLearnedInBrackets() throws IOException {
    Cli.Result result = Cli.run("check", sft()).done();
    assertThat(result.out())
        .contains("sft: 4 rows, the first 4 checked; learned: train_on: last_answer")
        .contains(
            "    text  <|im_start|>user\\nMay I use the pool?<|im_end|>\\n<|im_start|>assistant\\n"
                + "[No booking.<|im_end|>]\\n")
        .contains("[The pool closes\\n at nine.<|im_end|>]")
        .contains("row data.jsonl:3", "    ids   ")
        .doesNotContain("I am sorry.", "\u001b");
    String ids =
        result.out().lines().filter(line -> line.startsWith("    ids")).findFirst().orElseThrow();
    assertThat(ids).matches(" {4}ids {3}[0-9 ]+ \\[[0-9 ]+\\] [0-9 ]+");
    Cli.Result all = Cli.run("check", sft(), "--set", "sft.train_on=text").done();
    assertThat(all.out()).contains("text  <|im_start|>[user\\nMay I use the pool?<|im_end|>");
  }

  @Test
  void jsonHoldsEveryToken() throws IOException {
    Cli.Result result = Cli.run("check", sft(), "--json").done();
    JsonNode stage = Json.mapper().readTree(result.out()).path("stages").path(0);
    assertThat(stage.path("rows").asInt()).isEqualTo(4);
    assertThat(stage.path("shown")).hasSize(3);
    StringBuilder learned = new StringBuilder();
    for (JsonNode token : stage.path("shown").path(0).path("tokens")) {
      learned.append(token.path("loss").asBoolean() ? token.path("text").asText() : "");
    }
    assertThat(learned).hasToString("No booking.<|im_end|>");
  }

  @Test
  void stagesWhoseInputsDoNotExistYetAreNamed() throws IOException {
    Path pairs =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            "{\"prompt\":\"May I?\",\"chosen\":\" You may.\",\"rejected\":\" No.\"}\n");
    Path text = Files.writeString(folder.resolve("notes.md"), "# The pool\n".repeat(40));
    Path file =
        recipe(
            """
              - pretrain: {data: '%3$s', size: {vocab_size: 300, hidden_size: 16, layers: 1, heads: 2}, max_length: 16}
              - sft: {model: pretrain, data: '%2$s'}
              - reward-model: {name: reward, model: '%1$s', pairs: '%4$s', validation_share: 0, test_share: 0}
              - ppo: {policy: '%1$s', reward: reward, prompts: '%5$s'}
            """
                .formatted(model, data, text, pairs, prompts()));
    assertThat(Cli.run("check", file).done().out())
        .contains("pretrain: 1 rows, the first 1 checked; learned: every token")
        .contains("sft: nothing to show yet; made by stages that have not run: model=pretrain")
        .contains("reward (reward-model): 1 rows")
        .contains("row pairs.jsonl:1 chosen", "You may.[<|im_end|>]", "row pairs.jsonl:1 rejected")
        .contains("ppo: ", "learned: the sampled replies")
        .contains(" tokens, 0 carry loss");
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @Test
  void aModelStillToBeTrainedIsReadByTheTokenizerAndTemplateItWillHave() throws IOException {
    Path pairs =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            "{\"prompt\":[{\"role\":\"user\",\"content\":\"May I?\"}],"
                + "\"chosen\":[{\"role\":\"assistant\",\"content\":\"<note>Yes\"}],"
                + "\"rejected\":[{\"role\":\"assistant\",\"content\":\"No\"}]}\n");
    String stages =
        """
          - sft: {name: first, model: '%1$s', data: '%2$s', validation_share: 0, template: zephyr, replace_template: true}
          - sft: {name: second, model: first, data: '%2$s', validation_share: 0, new_tokens: [<note>]}
          - reward-model: {name: reward, model: second, pairs: '%3$s', validation_share: 0, test_share: 0}
          - ppo: {name: policy, policy: second, reward: reward, prompts: '%4$s'}
        """
            .formatted(model, data, pairs, prompts());
    Cli.Result result = Cli.run("check", recipe(stages), "--json").done();
    JsonNode seen = Json.mapper().readTree(result.out()).path("stages");
    for (int stage = 0; stage < 4; stage++) {
      assertThat(seen.path(stage).path("waits_for")).isEmpty();
      assertThat(text(seen.path(stage))).contains(stage < 3 ? "<|assistant|>\n" : "pool");
    }
    assertThat(text(seen.path(0))).endsWith("No booking.<|im_end|>\n");
    JsonNode tokens = seen.path(2).path("shown").path(0).path("tokens");
    assertThat(tokens).anyMatch(token -> token.path("text").asText().equals("<note>"));
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @Test
  void aTemplateThatDoesNotFitAnEarlierStagesModelStopsARecipeBeforeItRuns() throws IOException {
    String stages =
        """
          - sft: {name: first, model: '%1$s', data: '%2$s', validation_share: 0, template: zephyr, replace_template: true}
          - sft: {name: second, model: first, data: '%2$s', validation_share: 0, template: internlm}
        """
            .formatted(model, data);
    for (String command : List.of("validate", "check", "run")) {
      Cli.run(command, recipe(stages))
          .refused(
              "second: the model of stage first: template: internlm writes special tokens that its tokenizer lacks: <eoa>");
      Cli.run(command, recipe(stages.replace("internlm", "alpaca")))
          .refused("second: the model of stage first has the built-in template zephyr");
    }
    assertThat(folder.resolve("runs")).doesNotExist();
    Cli.run("validate", recipe(stages.replace("internlm", "zephyr"))).done();
  }

  private static String text(JsonNode stage) {
    StringBuilder text = new StringBuilder();
    for (JsonNode token : stage.path("shown").path(0).path("tokens")) {
      text.append(token.path("text").asText());
    }
    return text.toString();
  }

  @Test
  void aTokenizerThatAnEarlierStageTrainsIsSaidToBeMissing() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.md"), "# The pool\n".repeat(40));
    Path file =
        recipe(
            """
              - pretrain: {data: '%2$s', size: {vocab_size: 300, hidden_size: 16, layers: 1, heads: 2}, max_length: 16}
              - sft: {name: first, model: pretrain, data: '%1$s'}
              - sft: {name: second, model: first, data: '%1$s'}
            """
                .formatted(data, text));
    assertThat(Cli.run("check", file).done().out())
        .contains(
            "first (sft): nothing to show yet; made by stages that have not run: model=pretrain\n")
        .contains(
            "second (sft): nothing to show yet; made by stages that have not run: model=first (its tokenizer is made by pretrain)");
  }

  @Test
  void labelsOfASupervisedTaskStandBesideTheRow() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      rows.append("{\"id\":\"r%d\",\"text\":\"pool %d?\",\"label\":%d}\n".formatted(i, i, i % 2));
    }
    Files.writeString(data, rows);
    Path file =
        recipe(
            """
              - sft: {name: start, model: '%1$s', data: '%2$s', template: alpaca, replace_template: true}
              - classify: {name: classes, task: sequence, model: start, data: '%3$s'}
            """
                .formatted(model, dialogues(), data));
    assertThat(Cli.run("check", file).done().out())
        .contains(
            "classes (classify): ", "learned: the class, read at the last token; classes: 0, 1")
        .containsPattern("text {2}pool \\d+\\[\\?\\]\n {4}label [01]\n {4}ids ");
    Cli.Result json = Cli.run("check", file, "--json").done();
    JsonNode row = Json.mapper().readTree(json.out()).path("stages").path(1).path("shown").path(0);
    assertThat(row.path("labels")).hasSize(1);
  }

  private Path dialogues() throws IOException {
    return Files.writeString(folder.resolve("dialogues.jsonl"), ROW.formatted("A").repeat(30));
  }

  @Test
  void twoBosAtTheStartAreRefused() throws IOException {
    token("bos_token", "<|im_start|>");
    template("{{ bos_token }}" + whole(TURN));
    Cli.run("check", sft())
        .refused(
            "sft: row data.jsonl:1 begins with two BOS tokens, <|im_start|>",
            "Likely cause",
            "(4 rows)");
  }

  @Test
  void anEndThatIsNeverTrainedIsRefused() throws IOException {
    template(ENDLESS);
    Cli.run("check", sft())
        .refused("sft: EOS is never trained in 4 rows", "the template does not write <|im_end|>");
  }

  @Test
  void aPadTokenThatIsTheEndAndMaskedAwayIsRefused() throws IOException {
    token("pad_token", "<|im_end|>");
    template(
        whole(
            "{{ '<|im_start|>' + message['role'] + '\\n' }}{% if message['role'] == 'assistant' %}"
                + "{% generation %}{{ message['content'] }}{% endgeneration %}"
                + "{% else %}{{ message['content'] }}{% endif %}{{ eos_token + '\\n' }}"));
    Cli.run("check", sft())
        .refused("EOS is never trained", "pad token = EOS, <|im_end|>", "leaves it out");
    token("pad_token", "<|endoftext|>");
    Cli.run("check", sft()).refused("EOS is never trained", "mask leaves <|im_end|>", " out;");
  }

  @Test
  void aTokenizerWithoutAnEndIsNamed() throws IOException {
    template(ENDLESS);
    for (String name :
        List.of(
            "tokenizer_config.json",
            "special_tokens_map.json",
            "config.json",
            "generation_config.json")) {
      Path file = model.resolve(name);
      ObjectNode json = (ObjectNode) Json.read(file);
      json.remove(List.of("eos_token", "eos_token_id"));
      Files.writeString(file, Json.pretty(json));
    }
    Cli.run("check", sft()).refused("EOS is never", "tokenizer_config.json names no eos_token");
    Path reward = TinyModels.rewardModel(folder.resolve("reward"));
    Cli.run(
            "check",
            recipe(
                "  - ppo: {policy: '%s', reward: '%s', prompts: '%s'}\n"
                    .formatted(model, reward, prompts())))
        .refused("ppo: EOS is never trained: the policy has no end token");
  }

  @Test
  void aPromptThatIsNoPrefixIsRefused() throws IOException {
    template(LOOP.replace("%s", TURN) + PROMPT.replace("assistant\\n", "assistant\\n<think>\\n"));
    Cli.run("check", sft())
        .refused(
            "sft: row data.jsonl:1: the prompt is no prefix of prompt and answer, they part at token",
            "<think>",
            "against \"No booking.",
            "(4 rows)");
  }

  @Test
  void anEmptyAnswerIsRefused() throws IOException {
    Files.writeString(data, Files.readString(data) + ROW.formatted(" "));
    Cli.run("check", sft())
        .refused("sft: row data.jsonl:5: the answer is empty, so it is left out of training");
    Files.writeString(data, ROW.formatted("fine") + ROW.formatted("gone"));
    template(whole(TURN.replace("message['content']", "message['content'].replace('gone', '')")));
    Cli.run("check", sft()).refused("sft: row data.jsonl:2: ");
  }

  @Test
  void faultsOfAllStagesAreShownAtOnceAndTheRowsBefore() throws IOException {
    template(ENDLESS);
    Path file =
        recipe(
            "  - sft: {name: a, model: '%1$s', data: '%2$s'}\n  - sft: {name: b, model: '%1$s', data: '%2$s'}\n"
                .formatted(model, data));
    Cli.Result result = Cli.run("check", file).refused("a: EOS is never", "b: EOS is never");
    assertThat(result.out()).contains("a (sft): ", "b (sft): ", "    text  ");
  }

  @Test
  void onATerminalWhatIsLearnedIsGreenAndDataCannotColourAnything() {
    ShownRow row =
        new ShownRow(
            "r\u001b[31m",
            List.of(
                new ShownToken(5, "a\u001b[2J", false),
                new ShownToken(6, "b", true),
                new ShownToken(7, "c\u202e", true)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new RowPrinter(new PrintStream(bytes, true, StandardCharsets.UTF_8), true).print(row);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "  row r\\u001b[31m: 3 tokens, 2 carry loss%n    text  a\\u001b[2J\u001b[32mbc\\u202e\u001b[0m%n    ids   5 \u001b[32m6 7\u001b[0m%n"
                .formatted());
  }
}
