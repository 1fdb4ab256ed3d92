package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;

/** {@code generate} and {@code chat} on a model whose words are known. */
@Tag("contract")
class GenerateCommandTest {
  /** Characters of one, two, three and four bytes; each byte is a token of its own. */
  private static final String TEXT = "Ab\u00e9 \ud83d\ude00\u5b57!";

  private static final int BYTES = 2 + 2 + 1 + 4 + 3 + 1;

  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static Path model;

  @BeforeAll
  static void make() {
    model = SuccessorModel.write(shared.resolve("model"), TEXT);
  }

  private static Object[] arguments(Path input, Path output, Object... more) {
    List<Object> all = new ArrayList<>(List.of("generate", "--input", input, "--output", output));
    all.addAll(Arrays.asList(more));
    return all.toArray();
  }

  private List<JsonNode> generate(String row, Object... more) throws IOException {
    Path input = Files.writeString(folder.resolve("in.jsonl"), row + "\n");
    Path output = folder.resolve("out.jsonl");
    Cli.run(arguments(input, output, more)).done();
    return JsonLines.readAll(output).stream().map(JsonRow::value).toList();
  }

  private JsonNode one(Object... more) throws IOException {
    List<Object> all = new ArrayList<>(List.of("--model", model));
    all.addAll(Arrays.asList(more));
    return generate("{\"prompt\":\"Go\\n\"}", all.toArray()).get(0);
  }

  private Path copy(String generationConfig) throws IOException {
    Path own = SuccessorModel.write(folder.resolve("own"), TEXT);
    Files.writeString(own.resolve("generation_config.json"), generationConfig);
    return own;
  }

  @Test
  void saysItsTextByEveryWayToGenerate() throws IOException {
    for (List<Object> way :
        List.<List<Object>>of(
            List.of("--temperature", 0),
            List.of("--temperature", 1, "--top-k", 3, "--top-p", 0.9, "--min-p", 0.1),
            List.of("--repetition-penalty", 1.1, "--temperature", 0),
            List.of("--num-beams", 3))) {
      JsonNode reply = one(way.toArray());
      assertThat(reply.path("completion").asText()).as("%s", way).isEqualTo(TEXT);
      assertThat(reply.path("tokens").asInt()).isEqualTo(BYTES + 1);
      assertThat(reply.path("finish_reason").asText()).isEqualTo("stop");
      assertThat(reply.has("token_logprobs")).isFalse();
    }
  }

  @Test
  void stopsAtTheFirstStopTextAcrossTokens() throws IOException {
    JsonNode reply = one("--stop", "never", "--stop", "\u00e9 \ud83d\ude00", "--temperature", 0);
    assertThat(reply.path("completion").asText()).isEqualTo("Ab");
    assertThat(reply.path("tokens").asInt()).isEqualTo(9);
    assertThat(reply.path("finish_reason").asText()).isEqualTo("stop");
    JsonNode beams = one("--stop", "b\u00e9", "--num-beams", 2);
    assertThat(beams.path("completion").asText()).isEqualTo("A");
    assertThat(beams.path("finish_reason").asText()).isEqualTo("stop");
  }

  @Test
  void logProbabilitiesSumToTheScore() throws IOException {
    JsonNode reply = one("--temperature", 0, "--logprobs");
    assertThat(reply.path("token_logprobs").size()).isEqualTo(reply.path("tokens").asInt());
    double sum = 0;
    for (int t = 0; t < BYTES; t++) {
      sum += reply.path("token_logprobs").get(t).asDouble();
    }
    Path input = folder.resolve("score.jsonl");
    JsonLines.write(input, sink -> sink.write(reply));
    Path output = folder.resolve("scored.jsonl");
    Cli.run("score", "--model", model, "--input", input, "--output", output).done();
    assertThat(JsonLines.readAll(output).get(0).value().path("logprob").asDouble())
        .isCloseTo(sum, within(1e-4));
  }

  @Test
  void severalRepliesStandRowByRow() throws IOException {
    String rows = "{\"prompt\":\"Go\\n\"}\n{\"prompt\":\"On and on\\n\"}";
    for (String way : List.of("--temperature", "--num-beams")) {
      List<JsonNode> replies =
          generate(rows, "--model", model, "--n", 2, way, 3, "--max-new-tokens", 4);
      assertThat(replies).hasSize(4);
      assertThat(replies.get(1).path("prompt").asText()).isEqualTo("Go\n");
      assertThat(replies.get(2).path("prompt").asText()).isEqualTo("On and on\n");
      assertThat(replies.get(2).path("token_ids")).isNotEqualTo(replies.get(3).path("token_ids"));
    }
  }

  @Test
  void theModelsOwnSettingsHoldUnlessAFlagSaysOtherwise() throws IOException {
    Path own =
        copy(
            "{\"num_beams\":2,\"max_new_tokens\":6,\"stop_strings\":[\"\u00e9\"],\"no_repeat_ngram_size\":1}");
    String row = "{\"prompt\":\"Go\\n\"}";
    assertThat(generate(row, "--model", own).get(0).path("completion").asText()).isEqualTo("Ab");
    JsonNode longer = generate(row, "--model", own, "--stop", "never").get(0);
    assertThat(longer.path("finish_reason").asText()).isEqualTo("length");
    assertThat(longer.path("tokens").asInt()).isEqualTo(6);
    assertThat(generate(row, "--model", own, "--num-beams", 1, "--n", 3)).hasSize(3);
    copy("{\"suppress_tokens\":[" + longer.path("token_ids").get(1).asInt() + "]}");
    assertThat(generate(row, "--model", own, "--temperature", 0).get(0).path("completion").asText())
        .startsWith("A")
        .isNotEqualTo(TEXT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--num-beams 4 --temperature 0.7 | --num-beams 4 is a search and draws nothing: leave out --temperature 0.7",
        "--num-beams 4 --top-p 0.9 | leave out --top-p 0.9",
        "--num-beams 4 --top-k 5 | leave out --top-k 5",
        "--num-beams 4 --min-p 0.1 | leave out --min-p 0.1",
        "--num-beams 2 --n 3 | --n 3 asks for more replies than a search with num_beams=2 finds",
        "--num-beams 0 | num_beams=0 must be at least 1",
        "--n 0 | --n 0 must be at least 1",
        "--top-p 1.5 | top_p=1.5 must be in (0, 1]",
        "--top-p 0 | top_p=0.0 must be in (0, 1]",
        "--top-k -1 | top_k=-1 must be 0 or more",
        "--min-p 2 | min_p=2.0 must be in [0, 1]",
        "--temperature -1 | temperature=-1.0 must be 0 or more",
        "--temperature NaN | temperature=NaN must be 0 or more",
        "--repetition-penalty 0 | repetition_penalty=0.0 must be above 0",
        "--max-new-tokens 0 | max_new_tokens=0 must be at least 1",
        "--temperature warm | --temperature",
      })
  void refusesWhatDoesNotGoTogether(String flags, String message) throws IOException {
    Path input = Files.writeString(folder.resolve("in.jsonl"), "{\"prompt\":\"Go\"}\n");
    List<Object> all = new ArrayList<>(List.of("--model", model));
    all.addAll(List.of(flags.split(" ")));
    Path output = folder.resolve("out.jsonl");
    Cli.run(arguments(input, output, all.toArray())).refused(message);
    assertThat(output).doesNotExist();
  }

  @Test
  void refusesSettingsOfTheFileThatDoNotGoTogether() throws IOException {
    Path input = Files.writeString(folder.resolve("in.jsonl"), "{\"prompt\":\"Go\"}\n");
    Path output = folder.resolve("out.jsonl");
    Path own = copy("{\"num_beams\":3}");
    Cli.run(arguments(input, output, "--model", own, "--temperature", 0.7))
        .refused("asks for beam search (num_beams=3)", "add --num-beams 1");
    Cli.run(arguments(input, output, "--model", own, "--n", 4)).refused("--n 4 asks for more");
    copy("{\"num_beams\":3,\"do_sample\":true}");
    Cli.run(arguments(input, output, "--model", own))
        .refused("a beam search that draws (num_beams=3, do_sample=true)");
    Cli.run(arguments(input, output, "--model", own, "--stop", ""))
        .refused("--stop \"\" would end each reply at once");
  }

  @Test
  void refusesAModelWithoutALanguageModelHead() throws IOException {
    Path input = Files.writeString(folder.resolve("in.jsonl"), "{\"prompt\":\"Go\"}\n");
    Path reward = TinyModels.rewardModel(folder.resolve("reward"));
    Cli.run(arguments(input, folder.resolve("out.jsonl"), "--model", reward))
        .refused("generation needs a language-model head", "sequence_classification");
  }

  @Test
  void chatStreamsWholeCharactersAndAllOfThem() throws IOException {
    Cli.Result chat = Cli.typed("Hello\n", "chat", "--model", model, "--temperature", 0).done();
    assertThat(chat.out()).isEqualToNormalizingNewlines("> " + TEXT + "\n> \n");
    JsonNode whole =
        generate(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}",
                "--model",
                model,
                "--temperature",
                0)
            .get(0);
    assertThat(whole.path("completion").asText()).isEqualTo(TEXT);
    Cli.Result cut =
        Cli.typed("Hello\n", "chat", "--model", model, "--temperature", 0, "--max-new-tokens", 7)
            .done();
    assertThat(cut.out())
        .as("an unfinished character shows when no more tokens come")
        .isEqualToNormalizingNewlines("> Ab\u00e9 \ufffd\n> \n");
  }

  /** {@code chat} and {@code generate} under the same file say the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"do_sample\":false,\"sequence_bias\":[[[%d],-1000.0]],\"max_new_tokens\":9}",
        "{\"do_sample\":false,\"max_new_tokens\":3}",
        "{\"do_sample\":false,\"begin_suppress_tokens\":[%d]}",
        "{\"do_sample\":false,\"suppress_tokens\":[%d],\"max_new_tokens\":9}",
        "{\"do_sample\":false,\"stop_strings\":[\"b\u00e9 \"]}",
        "{\"num_beams\":3,\"max_new_tokens\":6}",
        "{\"temperature\":1.0,\"top_k\":1,\"eta_cutoff\":0.5,\"max_new_tokens\":5}"
      })
  void chatObeysTheModelsOwnSettings(String file) throws IOException {
    Path own = copy("{}");
    int first = one("--temperature", 0).path("token_ids").get(0).asInt();
    String config = file.replace("%d", Integer.toString(first));
    Files.writeString(own.resolve("generation_config.json"), config);
    String hello = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    String reply = generate(hello, "--model", own).get(0).path("completion").asText();
    String chat = Cli.typed("Hello\n", "chat", "--model", own).done().out();
    assertThat(chat).isEqualToNormalizingNewlines("> " + reply + "\n> \n");
    assertThat(reply).as("rules change the reply").isNotEqualTo(TEXT);
  }

  @Test
  void chatObeysARepetitionPenalty() throws IOException {
    Path own = TinyModels.llama(folder.resolve("tiny"), 16);
    List<String> replies = new ArrayList<>();
    for (String penalty : List.of("1.0", "5.0")) {
      Files.writeString(
          own.resolve("generation_config.json"),
          "{\"do_sample\":false,\"max_new_tokens\":6,\"repetition_penalty\":%s}"
              .formatted(penalty));
      String hello = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
      replies.add(generate(hello, "--model", own).get(0).path("completion").asText());
      assertThat(Cli.typed("Hello\n", "chat", "--model", own).done().out())
          .isEqualToNormalizingNewlines("> " + replies.get(replies.size() - 1) + "\n> \n");
    }
    assertThat(replies.get(0)).isNotEqualTo(replies.get(1));
  }

  @Test
  void aFlagOfChatWinsOverTheFileAndAStopTextIsNotPrinted() throws IOException {
    Path own = copy("{\"do_sample\":false,\"max_new_tokens\":3}");
    Cli.Result longer = Cli.typed("Hello\n", "chat", "--model", own, "--max-new-tokens", 50).done();
    assertThat(longer.out()).isEqualToNormalizingNewlines("> " + TEXT + "\n> \n");
    Cli.Result cut =
        Cli.typed(
                "Hello\n",
                "chat",
                "--model",
                model,
                "--temperature",
                0,
                "--stop",
                "\u00e9 \ud83d\ude00",
                "--stop",
                "b!")
            .done();
    assertThat(cut.out()).isEqualToNormalizingNewlines("> Ab\n> \n");
    Cli.run("chat", "--model", own, "--top-p", 2).refused("top_p=2.0");
  }
}
