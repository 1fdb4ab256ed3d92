package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.stage.JsonLines;

/** Writes data as jsonl in TRL's shapes; reading it back gives equal data. */
public final class DatasetWriter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private DatasetWriter() {}

  /** Writes pairs with an explicit prompt. */
  public static void writePairs(Path file, Iterable<PreferencePair> pairs) throws IOException {
    JsonLines.write(
        file,
        sink -> {
          for (PreferencePair pair : pairs) {
            sink.write(toJson(pair));
          }
        });
  }

  /** Writes demonstrations as {@code messages}, or as they came: plain texts. */
  public static void writeDemonstrations(Path file, Iterable<Demonstration> demonstrations)
      throws IOException {
    JsonLines.write(
        file,
        sink -> {
          for (Demonstration demonstration : demonstrations) {
            sink.write(toJson(demonstration));
          }
        });
  }

  /** Writes prompts. */
  public static void writePrompts(Path file, Iterable<Prompt> prompts) throws IOException {
    JsonLines.write(
        file,
        sink -> {
          for (Prompt prompt : prompts) {
            sink.write(toJson(prompt));
          }
        });
  }

  /** A pair as one row. */
  public static ObjectNode toJson(PreferencePair pair) {
    boolean raw = pair.prompt().isRaw();
    ObjectNode row = NODES.objectNode();
    row.put("id", pair.id());
    if (!pair.prompt().id().equals(pair.id())) {
      row.put("prompt_id", pair.prompt().id());
    }
    row.set("prompt", promptJson(pair.prompt()));
    row.set("chosen", answer(pair.chosen(), raw));
    row.set("rejected", answer(pair.rejected(), raw));
    if (pair.outcome() != Outcome.CHOSEN) {
      row.put("outcome", pair.outcome().label());
    }
    pair.margin().ifPresent(margin -> row.put("margin", margin));
    putUnlessEmpty(row, "annotator", pair.annotator());
    putUnlessEmpty(row, "source", pair.source());
    pair.extra().forEach(row::set);
    return row;
  }

  /** A prompt as one row. */
  public static ObjectNode toJson(Prompt prompt) {
    ObjectNode row = NODES.objectNode();
    row.put("id", prompt.id());
    row.set("prompt", promptJson(prompt));
    prompt.meta().forEach(row::set);
    return row;
  }

  /** A demonstration as one row. */
  public static ObjectNode toJson(Demonstration demonstration) {
    Prompt prompt = demonstration.prompt();
    ObjectNode row = NODES.objectNode();
    row.put("id", prompt.id());
    if (demonstration.isText()) {
      row.put("text", demonstration.answer());
    } else if (prompt.isRaw()) {
      row.set("prompt", promptJson(prompt));
      row.put("completion", demonstration.answer());
    } else {
      ArrayNode turns = turns(prompt.messages());
      turns.add(turn(demonstration.turn()));
      row.set("messages", turns);
    }
    prompt.meta().forEach(row::set);
    return row;
  }

  /** A prompt as a text or a list of turns. */
  public static JsonNode promptJson(Prompt prompt) {
    return prompt.isRaw()
        ? NODES.textNode(prompt.messages().get(0).content())
        : turns(prompt.messages());
  }

  /** Turns as a list of objects. */
  public static ArrayNode turns(List<Message> messages) {
    ArrayNode turns = NODES.arrayNode();
    messages.forEach(message -> turns.add(turn(message)));
    return turns;
  }

  private static JsonNode answer(String text, boolean raw) {
    return raw ? NODES.textNode(text) : turns(List.of(new Message(Message.ASSISTANT, text)));
  }

  private static ObjectNode turn(Message message) {
    ObjectNode turn = NODES.objectNode();
    turn.put("role", message.role());
    turn.put("content", message.content());
    message.extra().forEach(turn::set);
    return turn;
  }

  private static void putUnlessEmpty(ObjectNode row, String key, String text) {
    if (!text.isEmpty()) {
      row.put(key, text);
    }
  }
}
