package org.plumbline.data.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;
import org.plumbline.data.Provenance;

/**
 * Label Studio's tasks, one per judgement, for its templates of pairwise comparison (a tie as a
 * choice beside it) and of ranking. A prompt of several turns stands as text and as {@code
 * prompt_messages}. Unknown fields go into the task's {@code meta}.
 */
final class LabelStudioExporter implements Exporter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Override
  public ExportFormat format() {
    return ExportFormat.LABEL_STUDIO;
  }

  @Override
  public ExportReport write(Path file, PreferenceSource source) throws IOException {
    return JsonListWriter.write(
        file, source, LabelStudioExporter::fault, LabelStudioExporter::task);
  }

  private static Optional<String> fault(Preference preference) {
    Judgement judgement = preference.judgement();
    if (!preference.answers().stream().allMatch(Answer::isPlain)) {
      return Optional.of("answers of several turns or with tool calls");
    }
    if (preference.answers().size() < 2) {
      return Optional.of("one answer alone");
    }
    if (judgement.kind() == Judgement.Kind.RATED) {
      return Optional.of("rating");
    }
    boolean ties = new HashSet<>(judgement.ranks()).size() < judgement.ranks().size();
    return ties && preference.answers().size() > 2
        ? Optional.of("ranking with ties")
        : Optional.empty();
  }

  private static ObjectNode task(Preference preference) {
    ObjectNode task = NODES.objectNode();
    ObjectNode data = task.putObject("data");
    data.put("prompt", preference.prompt().text());
    if (preference.prompt().messages().size() > 1) {
      data.set("prompt_messages", DatasetWriter.turns(preference.prompt().messages()));
    } else {
      data.put("prompt", preference.prompt().messages().get(0).content());
    }
    boolean pair = preference.answers().size() == 2;
    ArrayNode items = NODES.arrayNode();
    for (int i = 0; i < preference.answers().size(); i++) {
      Answer answer = preference.answers().get(i);
      if (pair) {
        data.put("answer" + (i + 1), answer.text());
      } else {
        items.addObject().put("id", String.valueOf(i + 1)).put("body", answer.text());
      }
    }
    if (!pair) {
      data.set("items", items);
    }
    task.putArray("annotations").add(annotation(preference, pair));
    ObjectNode meta = task.putObject("meta");
    meta.put("plumbline_id", preference.id());
    preference.extra().forEach(meta::set);
    return task;
  }

  private static ObjectNode annotation(Preference preference, boolean pair) {
    Provenance from = preference.provenance();
    ObjectNode annotation = NODES.objectNode();
    if (!from.annotator().name().isEmpty()) {
      annotation.putObject("completed_by").put("email", from.annotator().name());
    }
    annotation.put("was_cancelled", preference.judgement().kind() == Judgement.Kind.ABSTAINED);
    annotation.put("ground_truth", from.gold());
    from.time().ifPresent(time -> annotation.put("created_at", time.toString()));
    ArrayNode results = annotation.putArray("result");
    List<Integer> ranks = preference.judgement().ranks();
    if (!ranks.isEmpty()) {
      results.add(pair ? comparison(ranks) : ranking(ranks));
    }
    return annotation;
  }

  private static ObjectNode comparison(List<Integer> ranks) {
    if (ranks.equals(List.of(1, 1))) {
      ObjectNode result = result("choices", "tie", "prompt");
      result.putObject("value").putArray("choices").add("tie");
      return result;
    }
    ObjectNode result = result("pairwise", "comparison", "answer1,answer2");
    result.putObject("value").put("selected", ranks.get(0) == 1 ? "left" : "right");
    return result;
  }

  private static ObjectNode ranking(List<Integer> ranks) {
    ObjectNode result = result("ranker", "rank", "answers");
    ArrayNode order = result.putObject("value").putObject("ranker").putArray("rank");
    IntStream.range(0, ranks.size())
        .boxed()
        .sorted(Comparator.comparing(ranks::get))
        .forEach(index -> order.add(String.valueOf(index + 1)));
    return result;
  }

  private static ObjectNode result(String type, String from, String to) {
    return NODES.objectNode().put("type", type).put("from_name", from).put("to_name", to);
  }
}
