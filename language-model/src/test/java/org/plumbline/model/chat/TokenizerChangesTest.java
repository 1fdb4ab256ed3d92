package org.plumbline.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.testing.PythonEnv;

/** Built-in templates put into folders, and what stands in their way. */
class TokenizerChangesTest {
  private static final List<ChatMessage> TURNS =
      List.of(
          ChatMessage.system("Be brief."),
          ChatMessage.user("May I?"),
          ChatMessage.assistant("You may."));

  @TempDir private Path folder;

  /** A folder without a template whose tokenizer has a BOS and the end token {@code </s>}. */
  private Path plain() {
    Path place = folder.resolve("plain");
    ByteLevelBpeTrainer.train(
            List.of("may I use it").iterator(), 270, List.of("<s>", "</s>", "<pad>"))
        .write(place, new SpecialNames("<s>", "</s>", "<pad>"));
    return place;
  }

  /** As {@link #plain}, with a template in the tokenizer's config. */
  private Path owned() {
    Path place = plain();
    Path config = place.resolve("tokenizer_config.json");
    JsonFiles.write(
        config, JsonFiles.read(config).put("chat_template", "{{ messages[0].content }}\nx"));
    return place;
  }

  private static TokenizerChanges template(String name, String... tokens) {
    return new TokenizerChanges(List.of(tokens), Optional.of(name), false);
  }

  @ParameterizedTest
  @CsvSource({
    "llama-2, </s>, ''",
    "alpaca, </s>, ''",
    "vicuna, </s>, ''",
    "zephyr, </s>, ''",
    "chatml, <|im_end|>, <|im_start|> <|im_end|>",
    "internlm, <eoa>, <eoa>"
  })
  void aFolderSpellsConversationsAsTheTemplateDoes(String name, String end, String tokens) {
    Path out = folder.resolve("out");
    String[] added = tokens.isEmpty() ? new String[0] : tokens.split(" ");
    template(name, added).write(plain(), out);
    assertThat(out.resolve("chat_template.jinja")).isRegularFile();
    try (TextTokenizer tokenizer = TextTokenizer.open(out)) {
      ChatTemplate read = ChatTemplates.forFolder(out, tokenizer);
      assertThat(read).isInstanceOf(JinjaChatTemplate.class);
      assertThat(read.endToken()).isEqualTo(end);
      ChatTemplate named = ChatTemplates.named(name, tokenizer);
      assertThat(read.text(TURNS, true)).isEqualTo(named.text(TURNS, true)).contains("You may.");
      assertThat(read.render(TURNS, false)).isEqualTo(named.render(TURNS, false));
      for (String token : added) {
        assertThat(tokenizer.encode(token, false)).hasSize(1);
      }
    }
    assertThat(template(name).replaced(out)).isEmpty();
    template(name).requireFits(out);
  }

  @Test
  void tokensThatTheTokenizerLacksAreNamedWithTheirRemedy() {
    assertThatThrownBy(() -> template("chatml", "<|im_end|>").write(plain(), folder.resolve("out")))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            folder.resolve("plain")
                + ": template: chatml writes special tokens that its tokenizer lacks: <|im_start|>. Add them, new_tokens: [\"<|im_start|>\"], or take another template");
    assertThatThrownBy(() -> template("internlm").requireFits(plain()))
        .hasMessageContaining("lacks: <eoa>");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void anEndTokenOfTheTokenizersOwnServesWhereTheFormatAsksForNone() throws IOException {
    Path place = folder.resolve("other");
    ByteLevelBpeTrainer.train(List.<String>of().iterator(), 260, List.of("<end>"))
        .write(place, new SpecialNames("", "<end>", ""));
    Path out = folder.resolve("out");
    template("zephyr").write(place, out);
    assertThat(Files.readString(out.resolve("chat_template.jinja")))
        .startsWith("{%- set bos_token = '' %}\n{%- set eos_token = '<end>' %}\n");
    Files.writeString(place.resolve("tokenizer_config.json"), "{}");
    Files.writeString(place.resolve("special_tokens_map.json"), "{}");
    assertThatThrownBy(() -> template("zephyr").requireFits(place))
        .hasMessageContaining("lacks: </s>. Add them, new_tokens: [\"</s>\"]");
  }

  @Test
  void anotherTemplateIsReplacedOnlyWhenAskedFor() {
    Path place = owned();
    String other =
        "a template of its own (chat_template of tokenizer_config.json, 27 characters, {{ messages[0].content }} \u2026)";
    assertThatThrownBy(() -> template("alpaca").requireFits(place))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            place
                + " has "
                + other
                + ", which template: alpaca would replace. Leave template out, or ask for it with replace_template: true");
    TokenizerChanges asked = new TokenizerChanges(List.of(), Optional.of("alpaca"), true);
    assertThat(asked.replaced(place)).contains(other);
    Path out = folder.resolve("out");
    asked.write(place, out);
    assertThat(JsonFiles.read(out.resolve("tokenizer_config.json")).has("chat_template")).isFalse();
    assertThat(template("zephyr").replaced(out)).contains("the built-in template alpaca");
    assertThatThrownBy(() -> template("gpt")).hasMessageContaining("built in: llama-2, alpaca");
  }

  @Test
  void transformersRendersTheSame() throws IOException {
    PythonEnv.assume();
    String script =
        """
        import json, sys
        from transformers import AutoTokenizer
        turns = json.loads(sys.argv[1])
        texts = []
        for folder in sys.argv[2:]:
            tokenizer = AutoTokenizer.from_pretrained(folder)
            texts.append(tokenizer.apply_chat_template(turns, tokenize=False))
            texts.append(tokenizer.apply_chat_template(turns[:2], tokenize=False, add_generation_prompt=True))
        print("JSON" + json.dumps(texts))
        """;
    List<String> names = ChatTemplates.names();
    String[] arguments = new String[names.size() + 1];
    arguments[0] =
        "[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"May I?\"},"
            + "{\"role\":\"assistant\",\"content\":\"You may.\"}]";
    for (int i = 0; i < names.size(); i++) {
      Path out = folder.resolve("out-" + i);
      new TokenizerChanges(
              List.of("<|im_start|>", "<|im_end|>", "<eoa>"), Optional.of(names.get(i)), true)
          .write(owned(), out);
      arguments[i + 1] = out.toString();
    }
    String said = PythonEnv.run(script, arguments);
    JsonNode theirs = new ObjectMapper().readTree(said.substring(said.indexOf("JSON") + 4));
    for (int i = 0; i < names.size(); i++) {
      Path out = folder.resolve("out-" + i);
      try (TextTokenizer tokenizer = TextTokenizer.open(out)) {
        ChatTemplate ours = ChatTemplates.forFolder(out, tokenizer);
        assertThat(ours.text(TURNS, false)).isEqualTo(theirs.path(2 * i).asText());
        assertThat(ours.text(TURNS.subList(0, 2), true)).isEqualTo(theirs.path(2 * i + 1).asText());
      }
    }
  }
}
