package org.plumbline.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;

class ChatEncoderTest {
  private static final int END = 2;

  @TempDir Path folder;

  @Test
  void joinsTokenizerTemplateAndStopTokens() {
    ByteLevelBpeTrainer.train(List.<String>of().iterator(), 259, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(0), OptionalInt.of(0));
    NewModels.llama(new LlamaSize(259, 16, 24, 1, 2, 2, 32, 10_000, true), ids).write(folder);
    List<ChatMessage> asked =
        List.of(
            ChatMessage.user("A?"), ChatMessage.assistant("first"), ChatMessage.user("And now?"));
    try (ChatEncoder encoder = ChatEncoder.open(folder)) {
      assertThat(encoder.stopIds()).containsExactlyInAnyOrder(0, END);
      EncodedDialogue dialogue = encoder.dialogue(asked, "last");
      assertThat(dialogue.ids()).startsWith(encoder.prompt(asked));
      assertThat(dialogue.trainedTokens()).isEqualTo("last".length() + 1);
      int[] scored = encoder.scored(asked, "last");
      assertThat(scored[scored.length - 1]).isEqualTo(END);
      assertThat(dialogue.ids()).startsWith(scored);
      assertThat(encoder.reply(encoder.tokenizer().encode(" last <|im_end|>", false)))
          .isEqualTo("last");
      assertThat(encoder.prompt(List.of(new ChatMessage(ChatEncoder.RAW, "as is"))))
          .isEqualTo(encoder.tokenizer().encode("as is", true));
    }
  }

  @Test
  void policiesChooseWhatIsLearned() throws IOException {
    ByteLevelBpeTrainer.train(List.<String>of().iterator(), 259, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(0), OptionalInt.of(0));
    NewModels.llama(new LlamaSize(259, 16, 24, 1, 2, 2, 32, 10_000, true), ids).write(folder);
    Conversation conversation =
        Conversation.of(
            List.of(
                ChatMessage.user("A?"),
                ChatMessage.assistant("one"),
                ChatMessage.user("B?"),
                ChatMessage.assistant("three")));
    try (ChatEncoder encoder = ChatEncoder.open(folder)) {
      assertThat(encoder.conversation(conversation, MaskPolicy.assistantTurns()).trainedTokens())
          .isEqualTo(3 + 1 + 5 + 1);
      assertThat(encoder.conversation(conversation, MaskPolicy.lastAnswer()).trainedTokens())
          .isEqualTo(5 + 1);
      assertThat(encoder.conversation(conversation, MaskPolicy.none()).trainedTokens()).isZero();
      assertThat(
              encoder
                  .conversation(conversation, MaskPolicy.roles(Set.of("user", "assistant")))
                  .trainedTokens())
          .isEqualTo(3 + 1 + 5 + 1 + 3 + 3);
      assertThat(encoder.dialogue(conversation.first(3), ChatMessage.assistant("three")).ids())
          .isEqualTo(encoder.conversation(conversation, MaskPolicy.lastAnswer()).ids());
    }
    Files.writeString(
        folder.resolve("chat_template.jinja"),
        "{% for m in messages %}{{ m.content }}{% if m.role == 'assistant' %}{% generation %}x"
            + "{% endgeneration %}{% endif %}{% endfor %}{{ '!' if add_generation_prompt }}");
    try (ChatEncoder encoder = ChatEncoder.open(folder)) {
      assertThatThrownBy(() -> encoder.dialogue(List.of(ChatMessage.user("A?")), "one"))
          .hasMessageContaining("the prompt goes on with \"!\"");
    }
  }
}
