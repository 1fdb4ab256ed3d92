package org.plumbline.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

class ChatTemplatesTest {
  @TempDir Path folder;
  private TextTokenizer tokenizer;

  @BeforeEach
  void open() {
    write(SpecialNames.CHAT_ML);
    tokenizer = TextTokenizer.open(folder);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  private void write(List<String> specialTokens) {
    ByteLevelBpeTrainer.train(List.<String>of().iterator(), 270, specialTokens)
        .write(folder, new SpecialNames("", specialTokens.get(0), ""));
  }

  @Test
  void ourOwnTemplateIsChatMl() {
    assertThat(ChatTemplates.forFolder(folder, tokenizer)).isInstanceOf(ChatMl.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content']"
            + " + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}"
            + "{{ '<|im_start|>assistant\\n' }}{% endif %}",
        """
        {%- for message in messages -%}
          {{- "<|im_start|>" + message.role + "\\n" -}}
          {{- message.content -}}
          {{- "<|im_end|>\\n" -}}
        {%- endfor -%}
        {%- if add_generation_prompt -%}{{- "<|im_start|>assistant\\n" -}}{%- endif -%}
        """,
        "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
            + "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' +"
            + " message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
      })
  void otherSpellingsOfPlainChatMlAreTaken(String template) throws IOException {
    Files.writeString(folder.resolve("chat_template.jinja"), template);
    assertThat(ChatTemplates.forFolder(folder, tokenizer)).isInstanceOf(ChatMl.class);
  }

  @Test
  void anyOtherTemplateIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("chat_template.jinja"),
        "{{ bos_token }}{% for m in messages %}{% endfor %}");
    assertThatThrownBy(() -> ChatTemplates.forFolder(folder, tokenizer))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("its chat template is not supported yet; supported: plain ChatML");
  }

  @Test
  void withoutATemplateTheTokensDecide() throws IOException {
    Files.delete(folder.resolve("chat_template.jinja"));
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\":\"<|endoftext|>\"}");
    assertThat(ChatTemplates.forFolder(folder, tokenizer)).isInstanceOf(ChatMl.class);
    Files.delete(folder.resolve("tokenizer_config.json"));
    write(List.of("</s>"));
    try (TextTokenizer other = TextTokenizer.open(folder)) {
      ChatTemplate plain = ChatTemplates.forFolder(folder, other);
      assertThat(plain).isInstanceOf(PlainTurns.class);
      assertThat(plain.endToken()).isEqualTo("</s>");
      assertThat(ChatTemplates.raw(other).endToken()).isEqualTo("</s>");
    }
  }
}
