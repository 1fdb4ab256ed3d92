package org.plumbline.sft.classify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.plumbline.data.tasks.TagSpan;
import org.plumbline.data.tasks.TaggedWords;
import org.plumbline.data.world.KeywordRules;
import org.plumbline.stage.UserException;

/** One IOB2 tag per word, read at its first token; words that were cut off are outside. */
record TokenTask(List<String> labels, Map<String, Double> classWeights)
    implements Task<TaggedWords, List<String>> {
  private static final String OUTSIDE = "O";

  TokenTask {
    for (String label : labels) {
      if (!TagSpan.isTag(label)) {
        throw new UserException(
            "the label \"%s\" is no tag; IOB2 knows O, B-TYPE and I-TYPE only".formatted(label));
      }
    }
  }

  @Override
  public List<EncodedRow> encode(RowEncoder encoder, List<TaggedWords> rows) {
    List<EncodedRow> encoded = new ArrayList<>();
    for (TaggedWords row : rows) {
      int[] targets = Labels.outputs(labels, row.id(), row.tags());
      encoded.add(encoder.words(encoded.size(), row.id(), row.words(), targets));
    }
    return encoded;
  }

  @Override
  public String id(TaggedWords row) {
    return row.id();
  }

  @Override
  public String learned(boolean causal) {
    return "a tag of each word, read at its first token; tags: " + String.join(", ", labels);
  }

  @Override
  public Marks marks(TaggedWords row, List<EncodedRow> encoded) {
    EncodedRow only = encoded.get(0);
    List<Marks.Finding> findings = new ArrayList<>();
    for (TagSpan span : TagSpan.of(row.tags())) {
      boolean met =
          Arrays.stream(only.from()).anyMatch(word -> word >= span.start() && word < span.end());
      if (!met) {
        findings.add(
            new Marks.Finding(
                "span",
                "the span %s, \"%s\", matches no token: %s"
                    .formatted(
                        span.type(),
                        String.join(" ", row.words().subList(span.start(), span.end())),
                        only.cut()
                            ? "it lies behind max_length; raise it, or split the row"
                            : "the tokenizer has none for it")));
      }
    }
    return new Marks(
        only,
        Arrays.stream(only.picks()).boxed().collect(Collectors.toSet()),
        Arrays.stream(only.from()).mapToObj(row.tags()::get).toList(),
        findings);
  }

  @Override
  public Stream<String> texts(TaggedWords row) {
    return Stream.of(String.join(" ", row.words()));
  }

  @Override
  public HeadLoss loss() {
    return new ClassLoss(Labels.weights(labels, classWeights));
  }

  @Override
  public Map<Integer, List<String>> predict(
      List<TaggedWords> rows, List<EncodedRow> encoded, List<float[]> scores) {
    Map<Integer, List<String>> predicted = new LinkedHashMap<>();
    for (int i = 0; i < encoded.size(); i++) {
      EncodedRow row = encoded.get(i);
      List<String> tags = outside(rows.get(row.source()));
      for (int pick = 0; pick < row.picks().length; pick++) {
        int best = SoftMax.of(scores.get(i), pick * labels.size(), 1, labels.size()).best();
        tags.set(row.from()[pick], labels.get(best));
      }
      predicted.put(row.source(), tags);
    }
    return predicted;
  }

  private static List<String> outside(TaggedWords row) {
    return new ArrayList<>(Collections.nCopies(row.words().size(), OUTSIDE));
  }

  @Override
  public Tally tally(List<TaggedWords> rows, List<List<String>> predicted) {
    return SpanFigures.of(rows.stream().map(TaggedWords::tags).toList(), predicted);
  }

  /** The most frequent tag for every word, which usually is O. */
  @Override
  public Function<TaggedWords, List<String>> majority(List<TaggedWords> train) {
    String most = MostFrequent.of(train.stream().flatMap(row -> row.tags().stream()));
    return row -> Collections.nCopies(row.words().size(), most);
  }

  @Override
  public Function<TaggedWords, List<String>> keywords() {
    return row -> KeywordRules.tags(row.words());
  }

  @Override
  public ObjectNode row(TaggedWords row, List<String> predicted) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", row.id());
    row.words().forEach(json.putArray("tokens")::add);
    row.tags().forEach(json.putArray("tags")::add);
    predicted.forEach(json.putArray("predicted")::add);
    return json;
  }
}
