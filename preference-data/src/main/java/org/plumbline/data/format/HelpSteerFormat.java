package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Preference;
import org.plumbline.data.SkipReason;

/**
 * NVIDIA's HelpSteer and HelpSteer2 (dataset cards): a {@code response} per row with ratings from 0
 * to 4; neighbouring rows of one prompt become one preference, ordered by {@code helpfulness}.
 * HelpSteer2-Preference and HelpSteer3: two responses, {@code preference_strength} or {@code
 * overall_preference} from -3 (the first is much better) to 3. Prompts of several turns are joined
 * as in NVIDIA/NeMo-Aligner, examples/nlp/data/steerlm/common.py.
 */
final class HelpSteerFormat implements Dialect<Preference> {
  private static final Pattern TURN = Pattern.compile("\\n?<extra_id_1>(User|Assistant)\\n");
  private static final String RATING = "helpfulness";
  private static final int STRONGEST = 3;

  private final List<Row> group = new ArrayList<>();

  @Override
  public Optional<String> recognise(Row row) {
    if (row.hasAll("prompt", "response", RATING)) {
      return Optional.of("prompt, response and helpfulness");
    }
    if (row.hasAll("prompt", "response_1", "response_2", "preference_strength")) {
      return Optional.of("prompt, response_1, response_2 and preference_strength");
    }
    return row.hasAll("context", "response1", "response2", "overall_preference")
        ? Optional.of("context, response1, response2 and overall_preference")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    if (row.has("preference_strength")) {
      return compared(
          row,
          turns(row.text("prompt")),
          "response_1",
          "response_2",
          "preference_strength",
          "prompt");
    }
    if (row.has("overall_preference")) {
      return compared(
          row, row.messages("context"), "response1", "response2", "overall_preference", "context");
    }
    return rated(row);
  }

  private static Parsed<Preference> compared(
      Row row, List<Message> prompt, String first, String second, String strength, String asked) {
    int value = row.whole(strength, -STRONGEST, STRONGEST);
    Judgement judgement = value == 0 ? Judgement.tie(2) : Judgement.better(value < 0);
    return new Draft(row, DatasetShape.HELPSTEER_PREFERENCE, Set.of(asked, first, second, strength))
        .prompt(prompt)
        .answer(Answer.of(row.text(first)))
        .answer(Answer.of(row.text(second)))
        .judged(judgement.by(OptionalDouble.of(Math.abs(value))))
        .done();
  }

  private Parsed<Preference> rated(Row row) {
    if (row.text("response").isBlank()) {
      return Parsed.skipped(
          DatasetShape.HELPSTEER_RATINGS, SkipReason.EMPTY_ANSWER, "the response holds no text");
    }
    row.neededNumber(RATING);
    String prompt = row.text("prompt");
    boolean neighbour = !group.isEmpty() && group.get(0).text("prompt").equals(prompt);
    Parsed<Preference> before =
        neighbour
            ? Parsed.waiting(DatasetShape.HELPSTEER_RATINGS)
            : rest().orElseGet(() -> Parsed.waiting(DatasetShape.HELPSTEER_RATINGS));
    group.add(row);
    return before;
  }

  @Override
  public Optional<Parsed<Preference>> rest() {
    if (group.isEmpty()) {
      return Optional.empty();
    }
    Row first = group.get(0);
    Draft draft =
        new Draft(first, DatasetShape.HELPSTEER_RATINGS, Set.copyOf(first.names()))
            .prompt(turns(first.text("prompt")));
    List<Double> ratings = new ArrayList<>();
    for (Row row : group) {
      Map<String, JsonNode> extra = new LinkedHashMap<>(row.rest("prompt", "response", RATING));
      extra.put("source", TextNode.valueOf(row.source()));
      draft.answer(Answer.of(row.text("response")).scored(row.number(RATING)).with(extra));
      ratings.add(row.neededNumber(RATING));
    }
    group.clear();
    return Optional.of(
        draft
            .judged(
                ratings.size() == 1
                    ? Judgement.of(Judgement.Kind.RATED)
                    : Judgement.byScores(ratings))
            .done());
  }

  /** The first turn is the user's; each mark begins another. */
  private static List<Message> turns(String prompt) {
    List<Message> turns = new ArrayList<>();
    Matcher mark = TURN.matcher(prompt);
    String role = Message.USER;
    int from = 0;
    while (mark.find()) {
      turns.add(new Message(role, prompt.substring(from, mark.start())));
      role = mark.group(1).equals("User") ? Message.USER : Message.ASSISTANT;
      from = mark.end();
    }
    turns.add(new Message(role, prompt.substring(from)));
    return turns;
  }
}
