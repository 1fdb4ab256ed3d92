package org.plumbline.data.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Preference;

/**
 * Argilla's records as {@code Record.from_dict} reads them, one per judgement: fields {@code
 * prompt} and {@code response_1} …, the question {@code preference}; judges' work as suggestions.
 */
final class ArgillaExporter implements Exporter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String QUESTION = "preference";

  @Override
  public ExportFormat format() {
    return ExportFormat.ARGILLA;
  }

  @Override
  public ExportReport write(Path file, PreferenceSource source) throws IOException {
    return JsonListWriter.write(file, source, ArgillaExporter::fault, ArgillaExporter::record);
  }

  private static Optional<String> fault(Preference preference) {
    if (!preference.answers().stream().allMatch(Answer::isPlain)) {
      return Optional.of("answers of several turns or with tool calls");
    }
    return switch (preference.judgement().kind()) {
      case RANKED -> Optional.empty();
      case RATED ->
          preference.answers().size() == 1 && preference.answers().get(0).score().isPresent()
              ? Optional.empty()
              : Optional.of("ratings of several answers");
      case ABSTAINED -> Optional.of("no verdict");
      default -> Optional.of("label of one answer");
    };
  }

  private static ObjectNode record(Preference preference) {
    ObjectNode record = NODES.objectNode();
    record.put("id", preference.prompt().id());
    ObjectNode fields = record.putObject("fields");
    List<Message> prompt = preference.prompt().messages();
    if (prompt.size() == 1) {
      fields.put("prompt", prompt.get(0).content());
    } else {
      fields.set("prompt", DatasetWriter.turns(prompt));
    }
    boolean alone = preference.answers().size() == 1;
    for (int i = 0; i < preference.answers().size(); i++) {
      fields.put(alone ? "response" : name(i), preference.answers().get(i).text());
    }
    putMetadata(record.putObject("metadata"), preference);
    ObjectNode suggestions = record.putObject("suggestions");
    ObjectNode responses = record.putObject("responses");
    Annotator annotator = preference.provenance().annotator();
    if (annotator.kind() == Annotator.Kind.JUDGE) {
      ObjectNode suggestion = suggestions.putObject(QUESTION);
      suggestion.set("value", value(preference));
      suggestion.putNull("score").put("agent", annotator.name());
    } else {
      ObjectNode response = responses.putArray(QUESTION).addObject();
      response.set("value", value(preference));
      response.put("user_id", annotator.name());
    }
    record.putObject("vectors");
    return record.putNull("_server_id");
  }

  /** Argilla's metadata are texts and numbers. */
  private static void putMetadata(ObjectNode metadata, Preference preference) {
    metadata.put("plumbline_id", preference.id());
    preference
        .extra()
        .forEach(
            (key, field) -> {
              if (field.isTextual() || field.isNumber()) {
                metadata.set(key, field);
              }
            });
  }

  private static JsonNode value(Preference preference) {
    List<Integer> ranks = preference.judgement().ranks();
    if (preference.judgement().kind() == Judgement.Kind.RATED) {
      return NODES.numberNode(preference.answers().get(0).score().orElseThrow());
    }
    if (ranks.size() == 2) {
      String word = ranks.get(0).equals(ranks.get(1)) ? "tie" : name(ranks.indexOf(1));
      return NODES.textNode(word);
    }
    ArrayNode order = NODES.arrayNode();
    for (int i = 0; i < ranks.size(); i++) {
      order.addObject().put("value", name(i)).put("rank", ranks.get(i));
    }
    return order;
  }

  private static String name(int index) {
    return "response_" + (index + 1);
  }
}
