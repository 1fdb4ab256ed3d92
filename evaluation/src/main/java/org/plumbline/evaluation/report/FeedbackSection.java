package org.plumbline.evaluation.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.evaluation.chart.Digits;

/** What the judge said, and how far it can be trusted. */
final class FeedbackSection {
  private static final Map<String, String> ROWS = rows();
  private static final List<String> SHARES = List.of("position_bias", "longer_wins");

  private FeedbackSection() {}

  private static Map<String, String> rows() {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("prompts", "prompts with two answers");
    rows.put("identical", "equal answers, not asked");
    rows.put("asked", "pairs asked");
    rows.put("labelled", "pairs with a winner");
    rows.put("ties", "ties, disagreement of the two orders included");
    rows.put("none", "no verdict");
    rows.put("position_bias", "same position won in both orders");
    rows.put("longer_wins", "longer answer won");
    rows.put("prompt_tokens", "tokens read");
    rows.put("completion_tokens", "tokens written");
    rows.put("cost", "cost");
    return rows;
  }

  static Section of(RunData run) {
    List<StageData> stages = run.ofKind("ai-feedback");
    if (stages.isEmpty()) {
      return new Section("judge", "The judge", List.of());
    }
    List<String> head = new ArrayList<>(List.of(""));
    stages.forEach(stage -> head.add(stage.name()));
    List<List<String>> table = new ArrayList<>();
    ROWS.forEach(
        (key, label) -> {
          List<String> row = new ArrayList<>(List.of(label));
          stages.forEach(stage -> row.add(cell(stage, key)));
          table.add(row);
        });
    return new Section(
        "judge",
        "The judge",
        List.of(
            new Block.Text(
                "Every pair is asked in both orders; a verdict that follows the position is a tie,"
                    + " a reply that cannot be read is no verdict. Neither becomes a label."),
            new Block.Table("Verdicts", head, table)));
  }

  private static String cell(StageData stage, String key) {
    double value = stage.summary(key).orElse(Double.NaN);
    if (SHARES.contains(key)) {
      return Digits.percent(value);
    }
    return value == Math.rint(value) ? Long.toString((long) value) : Digits.of(value);
  }
}
