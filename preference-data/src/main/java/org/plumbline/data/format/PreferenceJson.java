package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;
import org.plumbline.data.Provenance;

/**
 * Our own rows, from which nothing is lost: a pair stands as TRL spells it, with further fields;
 * everything else has its answers in a list. Read back by the format {@code plumbline}.
 */
public final class PreferenceJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private PreferenceJson() {}

  /** A preference as one row. */
  public static ObjectNode toJson(Preference preference) {
    ObjectNode row = NODES.objectNode();
    row.put("id", preference.id());
    if (!preference.prompt().id().equals(preference.id())) {
      row.put("prompt_id", preference.prompt().id());
    }
    row.set("prompt", DatasetWriter.promptJson(preference.prompt()));
    if (preference.isPair() && preference.answers().stream().allMatch(Answer::isOneTurn)) {
      putPair(row, preference);
    } else {
      putAnswers(row, preference);
    }
    preference.judgement().margin().ifPresent(margin -> row.put("margin", margin));
    putProvenance(row, preference.provenance());
    putExtra(row, preference.extra());
    return row;
  }

  private static void putPair(ObjectNode row, Preference preference) {
    Judgement judgement = preference.judgement();
    boolean swapped = judgement.ranks().equals(List.of(2, 1));
    boolean raw = preference.prompt().isRaw();
    Answer chosen = preference.answers().get(swapped ? 1 : 0);
    Answer rejected = preference.answers().get(swapped ? 0 : 1);
    row.set("chosen", answer(chosen, raw));
    row.set("rejected", answer(rejected, raw));
    if (judgement.kind() == Judgement.Kind.ABSTAINED) {
      row.put("outcome", "none");
    } else if (judgement.isTie()) {
      row.put("outcome", "tie");
    } else if (swapped) {
      row.put("first", "rejected");
    }
    putTold(row, "chosen", chosen);
    putTold(row, "rejected", rejected);
  }

  private static void putTold(ObjectNode row, String which, Answer answer) {
    putUnlessEmpty(row, which + "_model", answer.model());
    answer.score().ifPresent(score -> row.put(which + "_score", score));
    if (!answer.extra().isEmpty()) {
      answer.extra().forEach(row.putObject(which + "_extra")::set);
    }
  }

  private static JsonNode answer(Answer answer, boolean raw) {
    return raw ? NODES.textNode(answer.text()) : DatasetWriter.turns(answer.turns());
  }

  private static void putAnswers(ObjectNode row, Preference preference) {
    ArrayNode answers = row.putArray("answers");
    for (Answer answer : preference.answers()) {
      ObjectNode json = answers.addObject();
      if (preference.prompt().isRaw()) {
        json.put("text", answer.text());
      } else {
        json.set("messages", DatasetWriter.turns(answer.turns()));
      }
      putUnlessEmpty(json, "model", answer.model());
      answer.score().ifPresent(score -> json.put("score", score));
      if (!answer.extra().isEmpty()) {
        answer.extra().forEach(json.putObject(OwnFields.OTHER)::set);
      }
    }
    Judgement judgement = preference.judgement();
    if (judgement.kind() == Judgement.Kind.RANKED) {
      ArrayNode ranks = row.putArray("ranks");
      judgement.ranks().forEach(ranks::add);
    } else {
      row.put("judgement", judgement.kind().label());
    }
  }

  private static void putProvenance(ObjectNode row, Provenance from) {
    putUnlessEmpty(row, "annotator", from.annotator().name());
    if (from.annotator().kind() != Annotator.Kind.UNKNOWN) {
      row.put("annotator_kind", from.annotator().kind().label());
    }
    putUnlessEmpty(row, "annotator_version", from.annotator().version());
    from.time().ifPresent(time -> row.put("time", time.toString()));
    putUnlessEmpty(row, "guideline", from.guideline());
    if (from.gold()) {
      row.put("gold", true);
    }
    putUnlessEmpty(row, "source", from.source());
  }

  /** Unknown fields stand under their own names, unless that is one of ours. */
  private static void putExtra(ObjectNode row, Map<String, JsonNode> extra) {
    ObjectNode nested = NODES.objectNode();
    extra.forEach(
        (key, value) -> {
          if (OwnFields.RESERVED.contains(key)) {
            nested.set(key, value);
          } else {
            row.set(key, value);
          }
        });
    if (!nested.isEmpty()) {
      row.set(OwnFields.OTHER, nested);
    }
  }

  private static void putUnlessEmpty(ObjectNode row, String key, String text) {
    if (!text.isEmpty()) {
      row.put(key, text);
    }
  }
}
