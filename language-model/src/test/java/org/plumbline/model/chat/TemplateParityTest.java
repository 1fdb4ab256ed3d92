package org.plumbline.model.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.testing.Golden;

/** Conversations as transformers' {@code apply_chat_template} renders, encodes and masks them. */
@Tag("parity")
class TemplateParityTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T00:00:00Z"), ZoneOffset.UTC);

  private final Path goldens = Golden.require("templates");
  private final JsonNode sources =
      JsonFiles.read(goldens.resolve("sources.json")).path("templates");
  private final ObjectNode conversations = JsonFiles.read(goldens.resolve("conversations.json"));

  @Test
  void conversationsRenderEncodeAndMaskAsInTransformers() throws IOException {
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    int masked = 0;
    try (TextTokenizer tokenizer = TextTokenizer.open(goldens.resolve("tokenizer"))) {
      for (String line : Files.readAllLines(goldens.resolve("cases.jsonl"))) {
        JsonNode example = new ObjectMapper().readTree(line);
        ChatTemplate template = template(example);
        Conversation conversation = conversation(example);
        String problem = textProblem(example, template, conversation);
        if (problem.isEmpty() && example.has("input_ids")) {
          problem = idProblem(example, template, conversation, tokenizer);
          masked++;
        }
        if (!problem.isEmpty()) {
          wrong.add(example.path("template") + " " + example.path("conversation") + ": " + problem);
        }
        checked++;
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isPositive();
    assertThat(masked).isPositive();
  }

  private ChatTemplate template(JsonNode example) {
    JsonNode source = sources.path(example.path("template").asText());
    ObjectNode variables = JsonFiles.object();
    for (String token : List.of("bos_token", "eos_token")) {
      if (source.path(token).isTextual()) {
        variables.set(token, source.path(token));
      }
    }
    return ChatTemplates.ofJinja(source.path("template").asText(), variables, CLOCK);
  }

  private Conversation conversation(JsonNode example) {
    JsonNode messages =
        example.has("messages")
            ? example.path("messages")
            : conversations.path("conversations").path(example.path("conversation").asText());
    List<ChatMessage> turns = new ArrayList<>();
    messages.forEach(message -> turns.add(ChatMessage.of((ObjectNode) message)));
    ObjectNode variables = example.path("kwargs").deepCopy();
    if (example.path("with_tools").asBoolean()) {
      variables.set("tools", conversations.path("tools"));
    }
    return new Conversation(turns, variables);
  }

  private static String textProblem(
      JsonNode example, ChatTemplate template, Conversation conversation) {
    boolean prompted = example.path("add_generation_prompt").asBoolean();
    String text;
    try {
      text =
          example.path("continue_final_message").asBoolean()
              ? ContinuedMessage.text(template, conversation)
              : template.text(conversation, prompted);
    } catch (IllegalArgumentException e) {
      String reason = example.path("error").asText("none").replaceFirst("^TemplateError: ", "");
      return String.valueOf(e.getMessage()).endsWith(reason) ? "" : "refused: " + e.getMessage();
    }
    return text.equals(example.path("text").asText(null)) ? "" : "text " + text;
  }

  private static String idProblem(
      JsonNode example, ChatTemplate template, Conversation conversation, TextTokenizer tokenizer) {
    boolean prompted = example.path("add_generation_prompt").asBoolean();
    int[] mask = ints(example.path("assistant_masks"));
    MaskPolicy policy =
        Arrays.stream(mask).sum() == 0 ? MaskPolicy.none() : MaskPolicy.assistantTurns();
    EncodedDialogue dialogue =
        EncodedDialogue.ofSegments(
            template, tokenizer, template.render(conversation, policy, prompted));
    int[] loss =
        IntStream.range(0, dialogue.length()).map(i -> dialogue.loss()[i] ? 1 : 0).toArray();
    return Arrays.equals(dialogue.ids(), ints(example.path("input_ids")))
            && Arrays.equals(loss, mask)
        ? ""
        : "ids " + Arrays.toString(dialogue.ids()) + " mask " + Arrays.toString(loss);
  }

  private static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }
}
