package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.chat.Conversation;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.tokenizer.Continuation;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/** Turns rows into ids; the chat template is opened only if a row needs it. */
final class RowEncoder implements AutoCloseable {
  private final ModelOptions.Loaded loaded;
  private final TextTokenizer tokenizer;
  private final int vocabulary;
  private Optional<ChatEncoder> chat = Optional.empty();

  RowEncoder(ModelOptions.Loaded loaded) {
    this.loaded = loaded;
    this.tokenizer = TextTokenizer.open(loaded.text());
    this.vocabulary = loaded.model().config().vocabSize();
  }

  Sequence sequence(JsonRow row) {
    Sequence sequence = encoded(row);
    requireKnown(row, sequence.ids());
    return sequence;
  }

  /** Refuses ids that the model has no embedding for. */
  void requireKnown(JsonRow row, int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= vocabulary) {
        throw row.error(
            "token id %d lies outside the model's vocabulary of %d; are tokenizer.json and the weights of one model?"
                .formatted(id, vocabulary));
      }
    }
  }

  private Sequence encoded(JsonRow row) {
    try {
      if (row.object().has("input_ids")) {
        return ids(row);
      }
      if (row.object().has("messages")) {
        return messages(row);
      }
      Continuation both = tokenizer.continuation(row.text("prompt"), row.text("completion"));
      return new Sequence(both.ids(), both.completionStart());
    } catch (IllegalArgumentException e) {
      throw new UserException(row.where() + ": " + e.getMessage(), e);
    }
  }

  private static Sequence ids(JsonRow row) {
    JsonNode array = row.object().path("input_ids");
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      if (!array.get(i).canConvertToInt() || !array.get(i).isIntegralNumber()) {
        throw row.error("\"input_ids\" holds %s; integers are needed".formatted(array.get(i)));
      }
      ids[i] = array.get(i).intValue();
    }
    JsonNode start = row.object().path("completion_start");
    if (ids.length == 0 || !start.isInt()) {
      throw row.error(
          "\"input_ids\" needs a list of at least one integer, and \"completion_start\" the index of the completion's first");
    }
    return new Sequence(ids, start.intValue());
  }

  private Sequence messages(JsonRow row) {
    Conversation all = conversationOf(row);
    int last = all.messages().size() - 1;
    ChatMessage turn = all.messages().get(last);
    ChatMessage answer =
        turn.role().equals(ChatMessage.ASSISTANT) ? turn : ChatMessage.assistant(turn.content());
    EncodedDialogue dialogue = chat().dialogue(all.first(last), answer);
    return new Sequence(
        Arrays.copyOf(dialogue.ids(), dialogue.answerEnd(chat().stopIds())),
        dialogue.promptLength());
  }

  /** The row's messages, and its tools where it has some. */
  static Conversation conversationOf(JsonRow row) {
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode message : row.object().path("messages")) {
      boolean content =
          message.path("content").isTextual()
              || message.path("content").isArray()
              || message.has("tool_calls");
      if (!(message instanceof ObjectNode object)
          || !message.path("role").isTextual()
          || !content) {
        throw row.error("each of \"messages\" needs the texts \"role\" and \"content\"");
      }
      messages.add(ChatMessage.of(object));
    }
    if (messages.isEmpty()) {
      throw row.error("\"messages\" is empty or no list; at least one turn is needed");
    }
    return row.object().path("tools").isArray()
        ? Conversation.of(messages, row.object().path("tools"))
        : Conversation.of(messages);
  }

  ChatEncoder chat() {
    if (chat.isEmpty()) {
      chat = Optional.of(loaded.encoder());
    }
    return chat.get();
  }

  TextTokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public void close() {
    tokenizer.close();
    chat.ifPresent(ChatEncoder::close);
  }
}
