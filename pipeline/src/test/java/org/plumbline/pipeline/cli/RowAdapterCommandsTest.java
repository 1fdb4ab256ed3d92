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
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.LoraStart;
import org.plumbline.model.adapter.TrainedBias;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;

/** Rows that choose among named adapters get what each adapter's own call gives. */
@Tag("contract")
class RowAdapterCommandsTest {
  private static final String TEMPLATE =
      "{% for m in messages %}<{{ m.role }}> {{ m.content }}\n{% endfor %}";

  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static Path model;
  private static Path ann;
  private static Path bob;

  @BeforeAll
  static void make() throws IOException {
    model = TinyModels.llama(shared.resolve("model"), 16);
    ann = TinyModels.adapter(model, shared.resolve("ann"), random(3, List.of(Lora.ALL_LINEAR)));
    bob = TinyModels.adapter(model, shared.resolve("bob"), random(2, List.of("v_proj", "up_proj")));
    // Bob's has a template of its own, the base has none.
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      tokenizer.copyFiles(bob);
    }
    Files.writeString(bob.resolve("chat_template.jinja"), TEMPLATE);
  }

  private static Lora random(int rank, List<String> targets) {
    return new Lora(
        rank,
        40,
        0,
        targets,
        false,
        false,
        LoraStart.BOTH_NORMAL,
        TrainedBias.NONE,
        List.of(),
        Map.of(),
        Map.of());
  }

  private Path rows(String... rows) throws IOException {
    return Files.write(folder.resolve("in.jsonl"), List.of(rows));
  }

  private Object[] arguments(String command, Path input, Object... more) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                command, "--model", model, "--input", input, "--output", folder.resolve("out")));
    all.addAll(Arrays.asList(more));
    return all.toArray();
  }

  private List<JsonNode> run(String command, Path input, Object... more) throws IOException {
    Cli.run(arguments(command, input, more)).done();
    return JsonLines.readAll(folder.resolve("out")).stream().map(JsonRow::value).toList();
  }

  private static final String[] TEXTS = {
    "{\"prompt\":\"May I\",\"completion\":\" use the pool?\",\"adapter\":\"ann\"}",
    "{\"prompt\":\"May I\",\"completion\":\" use the pool?\",\"adapter\":\"bob\"}",
    "{\"prompt\":\"May I\",\"completion\":\" use the pool?\",\"adapter\":null}",
    "{\"prompt\":\"The pool\",\"completion\":\" closes at nine.\"}",
    "{\"prompt\":\"The pool\",\"completion\":\" closes.\",\"adapter\":\"bob\"}",
    "{\"messages\":[{\"role\":\"user\",\"content\":\"May I?\"},{\"role\":\"assistant\",\"content\":\"No.\"}],\"adapter\":\"ann\"}",
    "{\"messages\":[{\"role\":\"user\",\"content\":\"May I?\"},{\"role\":\"assistant\",\"content\":\"No.\"}],\"adapter\":\"bob\"}"
  };

  private static Object[] own(int row) {
    return switch (row) {
      case 0, 5 -> new Object[] {"--adapter", ann};
      case 1, 4, 6 -> new Object[] {"--adapter", bob};
      default -> new Object[0];
    };
  }

  private static String withoutName(String row) {
    return row.replaceAll(",\"adapter\":[^}]*", "");
  }

  private static Object[] named(Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("--adapter", "ann=" + ann, "--adapter", "bob=" + bob));
    all.addAll(Arrays.asList(more));
    return all.toArray();
  }

  @Test
  void scoresAreThoseOfEachAdaptersOwnCall() throws IOException {
    List<JsonNode> together = run("score", rows(TEXTS), named());
    List<Double> found = new ArrayList<>();
    for (int i = 0; i < TEXTS.length; i++) {
      JsonNode alone = run("score", rows(withoutName(TEXTS[i])), own(i)).get(0);
      assertThat(together.get(i).path("logprob").asDouble())
          .isCloseTo(alone.path("logprob").asDouble(), within(1e-4));
      assertThat(together.get(i).path("tokens")).isEqualTo(alone.path("tokens"));
      found.add(together.get(i).path("logprob").asDouble());
    }
    assertThat(together.get(1).path("adapter").asText()).isEqualTo("bob");
    assertThat(found.get(0)).isNotCloseTo(found.get(1), within(0.01));
    assertThat(found.get(0)).isNotCloseTo(found.get(2), within(0.01));
    assertThat(found.get(1)).isNotCloseTo(found.get(2), within(0.01));
  }

  @Test
  void repliesAreThoseOfEachAdaptersOwnCall() throws IOException {
    for (List<Object> way :
        List.<List<Object>>of(
            List.of("--temperature", 0),
            List.of("--num-beams", 3, "--n", 2),
            List.of("--n", 2, "--batch-size", 3, "--temperature", 0))) {
      List<Object> flags = new ArrayList<>(way);
      flags.addAll(List.of("--max-new-tokens", 6, "--ignore-eos", "--logprobs"));
      int each = way.contains("--n") ? 2 : 1;
      List<JsonNode> together = run("generate", rows(TEXTS), named(flags.toArray()));
      assertThat(together).hasSize(each * TEXTS.length);
      for (int i = 0; i < TEXTS.length; i++) {
        List<Object> alone = new ArrayList<>(flags);
        alone.addAll(List.of(own(i)));
        List<JsonNode> replies = run("generate", rows(withoutName(TEXTS[i])), alone.toArray());
        for (int k = 0; k < each; k++) {
          assertThat(together.get(each * i + k).path("token_ids"))
              .isEqualTo(replies.get(k).path("token_ids"));
        }
      }
      assertThat(together.get(0).path("token_logprobs"))
          .isNotEqualTo(together.get(each).path("token_logprobs"));
    }
  }

  @Test
  void aStopTextEndsRowsOfEveryAdapter() throws IOException {
    Object[] flags = named("--temperature", 0, "--max-new-tokens", 6, "--ignore-eos");
    List<JsonNode> free = run("generate", rows(TEXTS), flags);
    String stop = free.get(1).path("completion").asText().substring(2, 3);
    List<Object> more = new ArrayList<>(List.of(flags));
    more.addAll(List.of("--stop", stop));
    JsonNode stopped = run("generate", rows(TEXTS), more.toArray()).get(1);
    String whole = free.get(1).path("completion").asText();
    assertThat(stopped.path("completion").asText())
        .isEqualTo(whole.substring(0, whole.indexOf(stop)));
  }

  @Test
  void anEncodersRowsChooseToo() throws IOException {
    Path bert = Files.createDirectories(folder.resolve("bert"));
    Files.writeString(
        bert.resolve("config.json"),
        """
        {"architectures":["BertForSequenceClassification"],"model_type":"bert","vocab_size":300,
         "hidden_size":16,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":32,
         "max_position_embeddings":32,"type_vocab_size":2,"hidden_act":"gelu",
         "id2label":{"0":"no","1":"yes"}}
        """);
    TransformerConfig config = TransformerConfig.read(bert);
    try (TransformerModel made = TransformerModel.create(config, LoadOptions.full(), 5);
        TextTokenizer tokenizer = TextTokenizer.open(model)) {
      made.save(bert);
      tokenizer.copyFiles(bert);
    }
    Path one = TinyModels.adapter(bert, folder.resolve("one"), random(2, List.of("query")));
    Path two = TinyModels.adapter(bert, folder.resolve("two"), random(3, List.of(Lora.ALL_LINEAR)));
    Path input =
        rows(
            "{\"text\":\"May I\",\"adapter\":\"one\"}",
            "{\"text\":\"May I\",\"adapter\":\"two\"}",
            "{\"text\":\"May I\"}");
    Path output = folder.resolve("scored");
    Object[] flags = {
      "score",
      "--model",
      bert,
      "--input",
      input,
      "--output",
      output,
      "--adapter",
      "one=" + one,
      "--adapter",
      "two=" + two
    };
    Cli.run(flags).done();
    List<JsonNode> together = JsonLines.readAll(output).stream().map(JsonRow::value).toList();
    Path plain = Files.writeString(folder.resolve("plain.jsonl"), "{\"text\":\"May I\"}\n");
    for (int i = 0; i < 3; i++) {
      List<Object> alone =
          new ArrayList<>(List.of("score", "--model", bert, "--input", plain, "--output", output));
      alone.addAll(i == 2 ? List.of() : List.of("--adapter", i == 0 ? one : two));
      Cli.run(alone.toArray()).done();
      JsonNode logits = JsonLines.readAll(output).get(0).value().path("logits");
      assertThat(together.get(i).path("logits").get(0).asDouble())
          .isCloseTo(logits.get(0).asDouble(), within(1e-5));
    }
    assertThat(together.get(0).path("logits")).isNotEqualTo(together.get(1).path("logits"));
    assertThat(together.get(1).path("logits")).isNotEqualTo(together.get(2).path("logits"));
  }

  @Test
  void mistakesAreNamed() throws IOException {
    for (String command : List.of("score", "generate")) {
      Path input = rows(withoutName(TEXTS[0]), TEXTS[1].replace("bob", "bbo"));
      Cli.run(arguments(command, input, named()))
          .refused(
              "in.jsonl line 2: adapter \"bbo\" is unknown, did you mean bob?; named by --adapter: ann, bob");
      Cli.run(arguments(command, rows(TEXTS[1])))
          .refused(
              "in.jsonl line 1: adapter \"bob\" is chosen but no adapter has a name; give --adapter bob=DIR");
      Cli.run(arguments(command, rows(TEXTS[1]), "--adapter", bob))
          .refused("adapter \"bob\" is chosen but no adapter has a name");
      Cli.run(arguments(command, rows(TEXTS[1].replace("\"bob\"", "3")), named()))
          .refused("in.jsonl line 1: key \"adapter\" must be text, found the number 3");
      Cli.run(arguments(command, input, named("--adapter", ann)))
          .refused("--adapter " + ann + " has no name but others have");
      Cli.run(arguments(command, input, named("--adapter", "ann=" + bob)))
          .refused("--adapter gives the name ann twice");
      Cli.run(arguments(command, input, "--adapter", "ann=nowhere"))
          .refused("--adapter ann=nowhere: nowhere is no folder", "DIR=WEIGHT, are for merge");
      assertThat(folder.resolve("out")).doesNotExist();
    }
    Cli.run("chat", "--model", model, "--adapter", "ann=" + ann)
        .refused("is no folder; needed: --adapter DIR", "NAME=DIR, is for score and generate");
  }

  @Test
  void otherMethodsHaveACallOfTheirOwn() throws IOException {
    Lora plain = random(2, List.of(Lora.ALL_LINEAR));
    Lora dora =
        new Lora(
            2,
            4,
            0,
            plain.targets(),
            false,
            true,
            plain.start(),
            plain.bias(),
            List.of(),
            Map.of(),
            Map.of());
    Path odd = TinyModels.adapter(model, folder.resolve("odd"), dora);
    String row = TEXTS[1].replace("bob", "odd");
    Object[] flags = named("--adapter", "odd=" + odd);
    Cli.run(arguments("score", rows(row, TEXTS[0]), flags))
        .refused(
            "adapter odd (LORA) cannot share a batch with other adapters: it has magnitudes (DoRA)",
            "run its rows in a call of their own");
    assertThat(run("score", rows(row, row), flags)).hasSize(2);
  }
}
