package org.plumbline.sft.classify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.plumbline.data.tasks.LabelledText;
import org.plumbline.data.world.KeywordRules;

/** One class per text. */
record SequenceTask(List<String> labels, Map<String, Double> classWeights)
    implements Task<LabelledText, String> {
  @Override
  public List<EncodedRow> encode(RowEncoder encoder, List<LabelledText> rows) {
    List<EncodedRow> encoded = new ArrayList<>();
    for (LabelledText row : rows) {
      int target = Labels.outputs(labels, row.id(), List.of(row.label()))[0];
      encoded.add(
          encoder.text(encoded.size(), row.id(), row.text(), row.pair().orElse(""), target));
    }
    return encoded;
  }

  @Override
  public String id(LabelledText row) {
    return row.id();
  }

  @Override
  public String learned(boolean causal) {
    return "the class, read at the %s token; classes: %s"
        .formatted(causal ? "last" : "first", String.join(", ", labels));
  }

  @Override
  public Marks marks(LabelledText row, List<EncodedRow> encoded) {
    EncodedRow only = encoded.get(0);
    boolean blank = row.text().isBlank() || row.pair().filter(String::isBlank).isPresent();
    return new Marks(
        only,
        Set.of(only.picks()[0]),
        List.of(row.label()),
        blank
            ? List.of(new Marks.Finding("empty", "its text, or second text, is empty"))
            : List.of());
  }

  @Override
  public Stream<String> texts(LabelledText row) {
    return Stream.concat(Stream.of(row.text()), row.pair().stream());
  }

  @Override
  public HeadLoss loss() {
    return new ClassLoss(Labels.weights(labels, classWeights));
  }

  @Override
  public Map<Integer, String> predict(
      List<LabelledText> rows, List<EncodedRow> encoded, List<float[]> scores) {
    Map<Integer, String> predicted = new LinkedHashMap<>();
    for (int i = 0; i < encoded.size(); i++) {
      int best = SoftMax.of(scores.get(i), 0, 1, labels.size()).best();
      predicted.put(encoded.get(i).source(), labels.get(best));
    }
    return predicted;
  }

  @Override
  public Tally tally(List<LabelledText> rows, List<String> predicted) {
    return ClassFigures.of(labels, rows.stream().map(LabelledText::label).toList(), predicted);
  }

  @Override
  public Function<LabelledText, String> majority(List<LabelledText> train) {
    String most = MostFrequent.of(train.stream().map(LabelledText::label));
    return row -> most;
  }

  @Override
  public Function<LabelledText, String> keywords() {
    return row -> KeywordRules.intent(row.text());
  }

  @Override
  public ObjectNode row(LabelledText row, String predicted) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", row.id()).put("text", row.text());
    row.pair().ifPresent(pair -> json.put("text_pair", pair));
    return json.put("label", row.label()).put("predicted", predicted);
  }
}
