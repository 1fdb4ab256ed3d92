package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.chat.ChatTemplate;
import org.plumbline.model.chat.ContinuedMessage;
import org.plumbline.model.chat.Conversation;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.chat.MaskPolicy;
import org.plumbline.model.chat.Segment;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonRow;

/**
 * Turns rows of conversations into rows of text.
 *
 * @param tokenizer for ids and masks; closed with this
 */
record Renderer(ChatTemplate template, Optional<TextTokenizer> tokenizer) implements AutoCloseable {
  private static final String PROMPTED = "add_generation_prompt";
  private static final String CONTINUED = "continue_final_message";

  /**
   * The row's conversation as text.
   *
   * @throws IllegalArgumentException where the template refuses it
   */
  ObjectNode render(JsonRow row) {
    boolean prompted = flag(row, PROMPTED);
    boolean continued = flag(row, CONTINUED);
    if (prompted && continued) {
      throw row.error(
          "%s and %s exclude each other: a message is begun or continued"
              .formatted(PROMPTED, CONTINUED));
    }
    Conversation conversation = conversation(row);
    String text =
        continued
            ? ContinuedMessage.text(template, conversation)
            : template.text(conversation, prompted);
    ObjectNode result = Json.mapper().createObjectNode().put("text", text);
    tokenizer.ifPresent(
        with -> {
          EncodedDialogue encoded;
          try {
            MaskPolicy policy = MaskPolicy.assistantTurns();
            encoded =
                EncodedDialogue.ofSegments(
                    template,
                    with,
                    continued
                        ? ContinuedMessage.segments(template, conversation, policy)
                        : template.render(conversation, policy, prompted));
          } catch (IllegalArgumentException e) {
            // The text is certain, only what is trained of it is not.
            result.put("mask_error", e.getMessage());
            encoded = EncodedDialogue.ofSegments(template, with, List.of(new Segment(text, false)));
          }
          write(encoded, result);
        });
    return result;
  }

  private static void write(EncodedDialogue encoded, ObjectNode result) {
    ArrayNode ids = result.putArray("input_ids");
    ArrayNode mask = result.putArray("assistant_mask");
    for (int i = 0; i < encoded.length(); i++) {
      ids.add(encoded.ids()[i]);
      mask.add(encoded.loss()[i] ? 1 : 0);
    }
  }

  private static Conversation conversation(JsonRow row) {
    ObjectNode variables = row.object().deepCopy();
    variables.remove(List.of("messages", PROMPTED, CONTINUED));
    return new Conversation(messages(row), variables);
  }

  private static List<ChatMessage> messages(JsonRow row) {
    JsonNode list = row.object().path("messages");
    if (!list.isArray()) {
      throw row.error("key \"messages\" must be a list of messages");
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode message : list) {
      if (!(message instanceof ObjectNode object)) {
        throw row.error("each of \"messages\" must be an object with \"role\" and \"content\"");
      }
      messages.add(ChatMessage.of(object));
    }
    return messages;
  }

  private static boolean flag(JsonRow row, String key) {
    JsonNode value = row.object().path(key);
    if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
      throw row.error("key \"%s\" must be true or false".formatted(key));
    }
    return value.asBoolean();
  }

  @Override
  public void close() {
    tokenizer.ifPresent(TextTokenizer::close);
  }
}
