package org.plumbline.feedback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/**
 * Judges the pairs of a file: rows {@code {"id", "prompt", "answer_a", "answer_b"}} become the same
 * rows with the verdict behind them, in the same order.
 */
public final class JudgeFile {
  private final JudgeConfig config;
  private final SampleJudge sampleWorld;
  private final BooleanSupplier stopRequested;
  private final IntConsumer progress;

  /**
   * Prepares the work.
   *
   * @param progress told the number of verdicts so far
   */
  public JudgeFile(
      JudgeConfig config,
      SampleJudge sampleWorld,
      BooleanSupplier stopRequested,
      IntConsumer progress) {
    this.config = config;
    this.sampleWorld = sampleWorld;
    this.stopRequested = stopRequested;
    this.progress = progress;
  }

  /**
   * Judges all rows; the output appears whole, at the end. Replies are kept beside it in {@code
   * OUTPUT.cache.jsonl} unless the config names another cache.
   *
   * @return rows, tokens and cost by name
   * @throws UserException naming file and line of a malformed row, before anything is asked
   */
  public Map<String, Object> judge(Path input, Path output) throws IOException {
    List<JsonRow> rows = JsonLines.readAll(input);
    if (rows.isEmpty()) {
      throw new UserException(input + " holds no rows; one pair per line is needed");
    }
    List<AnswerPair> pairs = new ArrayList<>();
    for (JsonRow row : rows) {
      pairs.add(pair(row));
    }
    List<Verdict> verdicts = verdicts(pairs, output);
    JsonLines.write(
        output,
        sink -> {
          for (int i = 0; i < rows.size(); i++) {
            ObjectNode row = rows.get(i).object().deepCopy();
            VerdictRows.put(row, verdicts.get(i));
            sink.write(row);
          }
        });
    return AiFeedbackMetrics.of(pairs.size(), pairs, verdicts).summary();
  }

  private List<Verdict> verdicts(List<AnswerPair> pairs, Path output) {
    Path cache = output.resolveSibling(output.getFileName() + ".cache.jsonl");
    try (JudgeSession session = JudgeSession.open(config, cache, sampleWorld)) {
      return new LabelRun(session.judge(), config.concurrency(), stopRequested, progress)
          .label(pairs.stream().map(AnswerPair::question).toList());
    }
  }

  private static AnswerPair pair(JsonRow row) {
    String id = row.object().path("id").asText("line " + row.line());
    return new AnswerPair(
        org.plumbline.data.Prompt.raw(id, row.text("prompt")),
        row.text("answer_a"),
        row.text("answer_b"));
  }
}
