package org.plumbline.sft.classify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.data.world.KeywordRules;

/**
 * The piece of a context that answers a question: the start and end with the highest sum of scores
 * over all windows, the end not before the start (Devlin et al. 2019). Where training rows without
 * an answer were seen, none is given if the first position scores higher in every window.
 *
 * @param stride tokens that windows share
 * @param longest most tokens of an answer
 * @param mayBeSilent whether there are questions without an answer
 */
record QuestionTask(int stride, int longest, boolean mayBeSilent)
    implements Task<AnsweredQuestion, String> {
  @Override
  public List<String> labels() {
    return List.of();
  }

  @Override
  public List<EncodedRow> encode(RowEncoder encoder, List<AnsweredQuestion> rows) {
    List<EncodedRow> windows = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      windows.addAll(encoder.windows(i, rows.get(i), stride));
    }
    return windows;
  }

  @Override
  public String id(AnsweredQuestion row) {
    return row.id();
  }

  @Override
  public String learned(boolean causal) {
    return "the answer's start and end; for none, the first token";
  }

  @Override
  public Marks marks(AnsweredQuestion row, List<EncodedRow> encoded) {
    EncodedRow first = encoded.get(0);
    if (row.answers().isEmpty()) {
      return new Marks(first, Set.of(0), List.of("no answer"), List.of());
    }
    String answer = firstAnswer(row);
    for (EncodedRow window : encoded) {
      int start = window.targets()[0];
      int end = window.targets()[1];
      if (window.from()[start] >= 0) {
        int length = end - start + 1;
        return new Marks(
            window,
            IntStream.rangeClosed(start, end).boxed().collect(Collectors.toSet()),
            List.of(answer),
            length > longest
                ? List.of(new Marks.Finding("long", tooLong(answer, length)))
                : List.of());
      }
    }
    return new Marks(first, Set.of(), List.of(answer), List.of(lost(row, encoded)));
  }

  private String tooLong(String answer, int length) {
    return "the answer \"%s\" has %d tokens, max_answer_length is %d, so it is never given; raise it"
        .formatted(answer, length, longest);
  }

  /** Why no window holds the whole answer. */
  private static Marks.Finding lost(AnsweredQuestion row, List<EncodedRow> encoded) {
    AnsweredQuestion.Answer answer = row.answers().get(0);
    boolean starts = false;
    boolean ends = false;
    for (EncodedRow window : encoded) {
      for (int t = 0; t < window.from().length; t++) {
        starts |= window.from()[t] <= answer.start() && window.to()[t] > answer.start();
        ends |= window.from()[t] < answer.end() && window.to()[t] >= answer.end();
      }
    }
    return starts && ends
        ? new Marks.Finding(
            "cut",
            "no window holds the whole answer \"%s\": it is longer than what windows share; raise max_length (as far as the model has positions) or doc_stride"
                .formatted(answer.text()))
        : new Marks.Finding(
            "span",
            "the answer \"%s\" matches no token: the tokenizer has none for its beginning or its end"
                .formatted(answer.text()));
  }

  @Override
  public Stream<String> texts(AnsweredQuestion row) {
    return Stream.of(row.question(), row.context());
  }

  @Override
  public HeadLoss loss() {
    return new SpanLoss();
  }

  /**
   * An answer in a window.
   *
   * @param score of its start and its end
   */
  private record Candidate(int from, int to, double score) {}

  @Override
  public Map<Integer, String> predict(
      List<AnsweredQuestion> rows, List<EncodedRow> encoded, List<float[]> scores) {
    Map<Integer, Candidate> best = new LinkedHashMap<>();
    Map<Integer, Double> silence = new LinkedHashMap<>();
    for (int i = 0; i < encoded.size(); i++) {
      int source = encoded.get(i).source();
      float[] window = scores.get(i);
      best.merge(
          source,
          candidate(encoded.get(i), window),
          (one, other) -> other.score() > one.score() ? other : one);
      silence.merge(source, (double) window[0] + window[1], Math::min);
    }
    Map<Integer, String> predicted = new LinkedHashMap<>();
    best.forEach(
        (source, answer) -> {
          boolean silent = mayBeSilent && silence.getOrDefault(source, 0.0) > answer.score();
          String context = rows.get(source).context();
          predicted.put(source, silent ? "" : piece(context, answer.from(), answer.to()));
        });
    return predicted;
  }

  private Candidate candidate(EncodedRow row, float[] scores) {
    Candidate best = new Candidate(0, 0, Double.NEGATIVE_INFINITY);
    for (int start = 0; start < row.picks().length; start++) {
      for (int end = start;
          row.from()[start] < row.to()[start]
              && end < Math.min(start + longest, row.picks().length);
          end++) {
        double score = (double) scores[2 * start] + scores[2 * end + 1];
        if (score > best.score() && row.from()[end] < row.to()[end]) {
          best = new Candidate(row.from()[start], row.to()[end], score);
        }
      }
    }
    return best;
  }

  private static String piece(String text, int from, int to) {
    int begin = text.offsetByCodePoints(0, from);
    return text.substring(begin, text.offsetByCodePoints(begin, to - from));
  }

  @Override
  public Tally tally(List<AnsweredQuestion> rows, List<String> predicted) {
    return AnswerFigures.of(rows, predicted);
  }

  @Override
  public Function<AnsweredQuestion, String> majority(List<AnsweredQuestion> train) {
    String most = MostFrequent.of(train.stream().map(QuestionTask::firstAnswer));
    return row -> most;
  }

  private static String firstAnswer(AnsweredQuestion row) {
    return row.answers().isEmpty() ? "" : row.answers().get(0).text();
  }

  @Override
  public Function<AnsweredQuestion, String> keywords() {
    return row -> KeywordRules.answer(row.question(), row.context());
  }

  @Override
  public ObjectNode row(AnsweredQuestion row, String predicted) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", row.id());
    json.put("question", row.question()).put("context", row.context());
    ArrayNode answers = json.putArray("answers");
    row.answers().forEach(answer -> answers.add(answer.text()));
    return json.put("predicted", predicted);
  }
}
