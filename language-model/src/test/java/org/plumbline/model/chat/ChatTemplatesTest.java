package org.plumbline.model.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    ChatTemplate template = ChatTemplates.forFolder(folder, tokenizer);
    assertThat(template).isInstanceOf(JinjaChatTemplate.class);
    List<ChatMessage> turns = List.of(ChatMessage.user("May I?"), ChatMessage.assistant("Yes"));
    assertThat(template.text(turns, true)).isEqualTo(new ChatMl().text(turns, true));
    assertThat(template.render(turns, false).stream().filter(Segment::trained))
        .containsExactly(new Segment("Yes<|im_end|>", true));
    assertThat(template.endToken()).isEqualTo("<|im_end|>");
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
