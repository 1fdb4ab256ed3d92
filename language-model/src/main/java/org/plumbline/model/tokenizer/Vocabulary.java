package org.plumbline.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.plumbline.model.ModelFormatException;

/** The pieces of tokenizer.json under their ids, added tokens included. */
final class Vocabulary {
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, String> texts = new HashMap<>();
  private final BitSet special = new BitSet();
  private int size;

  private Vocabulary() {}

  static Vocabulary read(Path file, ObjectNode tokenizer) {
    Vocabulary vocabulary = new Vocabulary();
    JsonNode pieces = tokenizer.path("model").path("vocab");
    if (pieces.isObject()) {
      pieces.properties().forEach(e -> vocabulary.add(e.getKey(), e.getValue().asInt(-1)));
    } else if (pieces.isArray()) { // Unigram: [piece, score] by position
      for (int id = 0; id < pieces.size(); id++) {
        vocabulary.add(pieces.get(id).path(0).asText(), id);
      }
    } else {
      throw new ModelFormatException("%s has no model.vocab".formatted(file));
    }
    for (JsonNode token : tokenizer.path("added_tokens")) {
      int id = token.path("id").asInt(-1);
      vocabulary.add(token.path("content").asText(), id);
      if (id >= 0 && token.path("special").asBoolean()) {
        vocabulary.special.set(id);
      }
    }
    return vocabulary;
  }

  private void add(String text, int id) {
    if (id >= 0) {
      ids.put(text, id);
      texts.put(id, text);
      size = Math.max(size, id + 1);
    }
  }

  /** One more than the highest id. */
  int size() {
    return size;
  }

  OptionalInt idOf(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The piece as tokenizer.json spells it; empty for an id it leaves out. */
  String textOf(int id) {
    return texts.getOrDefault(id, "");
  }

  boolean isSpecial(int id) {
    return id >= 0 && special.get(id);
  }
}
