package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.plumbline.stage.Hashes;

/** Hashes of content: 32 hex digits of SHA-256 over all parts, each behind its length. */
final class ContentHash {
  private static final int DIGITS = 32;

  private final StringBuilder text = new StringBuilder();

  private ContentHash() {}

  static String of(Preference preference) {
    ContentHash hash = new ContentHash();
    hash.turns(preference.prompt().messages());
    hash.fields(preference.prompt().meta());
    for (Answer answer : preference.answers()) {
      hash.turns(answer.turns());
      hash.part(answer.model()).part(answer.score().toString());
      hash.fields(answer.extra());
    }
    Judgement judgement = preference.judgement();
    hash.part(judgement.kind().label()).part(judgement.ranks().toString());
    hash.part(judgement.margin().toString());
    Provenance from = preference.provenance();
    hash.part(from.annotator().name()).part(from.annotator().kind().label());
    hash.part(from.annotator().version()).part(from.time().toString());
    hash.part(from.guideline()).part(String.valueOf(from.gold()));
    hash.fields(preference.extra());
    return hash.digits();
  }

  static String of(List<Message> prompt) {
    ContentHash hash = new ContentHash();
    hash.turns(prompt);
    return hash.digits();
  }

  static String ofItem(Preference preference) {
    ContentHash hash = new ContentHash();
    hash.turns(preference.prompt().messages());
    preference.answers().stream().map(answer -> of(answer.turns())).sorted().forEach(hash::part);
    return hash.digits();
  }

  private void turns(List<Message> turns) {
    part(String.valueOf(turns.size()));
    for (Message turn : turns) {
      part(turn.role()).part(turn.content());
      fields(turn.extra());
    }
  }

  private void fields(Map<String, JsonNode> fields) {
    new TreeMap<>(fields).forEach((key, value) -> part(key).part(value.toString()));
  }

  private ContentHash part(String part) {
    text.append(part.length()).append(':').append(part);
    return this;
  }

  private String digits() {
    return Hashes.text(text.toString()).substring(0, DIGITS);
  }
}
