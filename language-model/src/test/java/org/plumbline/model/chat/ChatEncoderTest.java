package org.plumbline.model.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
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
}
