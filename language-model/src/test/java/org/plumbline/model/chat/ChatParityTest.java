package org.plumbline.model.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.testing.Golden;

@Tag("parity")
class ChatParityTest {
  @TestFactory
  Stream<DynamicTest> conversationsRenderAndEncodeAsInTransformers() {
    return Golden.perDirectory(
        "architectures", folder -> !chats(folder).isEmpty(), ChatParityTest::check);
  }

  private static JsonNode chats(Path folder) {
    Path file = folder.resolve("tokenizer.expected.json");
    return Files.exists(file) ? JsonFiles.read(file).path("chat") : JsonFiles.object().path("chat");
  }

  private static void check(Path folder) {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      ChatTemplate template = ChatTemplates.forFolder(folder, tokenizer);
      for (JsonNode chat : chats(folder)) {
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonNode turn : chat.path("messages")) {
          messages.add(new ChatMessage(turn.path("role").asText(), turn.path("content").asText()));
        }
        boolean generation = chat.path("add_generation_prompt").asBoolean();
        assertThat(template.text(messages, generation)).isEqualTo(chat.path("text").asText());
        int[] ids =
            generation
                ? EncodedDialogue.prompt(template, tokenizer, messages)
                : EncodedDialogue.of(template, tokenizer, messages).ids();
        assertThat(ids)
            .containsExactly(
                StreamSupport.stream(chat.path("ids").spliterator(), false)
                    .mapToInt(JsonNode::asInt)
                    .toArray());
      }
    }
  }
}
