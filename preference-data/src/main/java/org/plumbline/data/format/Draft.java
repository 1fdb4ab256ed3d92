package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Fields;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Preference;
import org.plumbline.data.Prompt;
import org.plumbline.data.Provenance;
import org.plumbline.data.SkipReason;

/**
 * A preference in the making, by the rules that all dialects share: which rows are kept out, which
 * ids rows without one get, and that every field which nobody took is kept.
 */
final class Draft {
  private final Row row;
  private final DatasetShape shape;
  private final Set<String> taken = new HashSet<>();
  private final List<Answer> answers = new ArrayList<>();
  private final Map<String, JsonNode> further = new LinkedHashMap<>();
  private List<Message> prompt = List.of();
  private Judgement judgement = Judgement.of(Judgement.Kind.ABSTAINED);
  private OptionalDouble margin = OptionalDouble.empty();
  private Annotator annotator = Annotator.UNKNOWN;
  private Optional<Instant> time = Optional.empty();
  private Optional<String> id = Optional.empty();
  private Optional<String> promptId = Optional.empty();
  private Optional<String> source = Optional.empty();
  private String guideline = "";
  private boolean gold;

  /**
   * Begins.
   *
   * @param taken fields of the row that become part of the preference
   */
  Draft(Row row, DatasetShape shape, Set<String> taken) {
    this.row = row;
    this.shape = shape;
    this.taken.addAll(taken);
  }

  Draft id(Optional<String> given) {
    id = given;
    return this;
  }

  Draft promptId(Optional<String> given) {
    promptId = given;
    return this;
  }

  Draft prompt(List<Message> messages) {
    prompt = messages;
    return this;
  }

  /** A prompt that is one question of a user, for models that chat. */
  Draft question(String text) {
    return prompt(List.of(new Message(Message.USER, text)));
  }

  Draft answer(Answer answer) {
    answers.add(answer);
    return this;
  }

  Draft judged(Judgement given) {
    judgement = given;
    return this;
  }

  Draft margin(OptionalDouble given) {
    margin = given;
    return this;
  }

  Draft by(Annotator given) {
    annotator = given;
    return this;
  }

  Draft at(Optional<Instant> given) {
    time = given;
    return this;
  }

  Draft guideline(String version) {
    guideline = version;
    return this;
  }

  Draft gold(boolean isGold) {
    gold = isGold;
    return this;
  }

  Draft source(String given) {
    source = Optional.of(given);
    return this;
  }

  /** A field that the row's own key does not say. */
  Draft extra(String key, JsonNode value) {
    further.put(key, value);
    return this;
  }

  /** Fields that the row's own keys do not say. */
  Draft extra(Map<String, JsonNode> fields) {
    further.putAll(fields);
    return this;
  }

  /** The preference, or why the row is kept out. */
  Parsed<Preference> done() {
    if (prompt.isEmpty()) {
      throw row.bad("the prompt holds no messages; at least one is needed");
    }
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i).isBlank()) {
        return Parsed.skipped(
            shape, SkipReason.EMPTY_ANSWER, "the %s answer holds no text".formatted(name(i)));
      }
    }
    if (judgement.kind() == Judgement.Kind.RANKED && !judgement.isTie() && allEqual()) {
      return Parsed.skipped(shape, SkipReason.IDENTICAL_ANSWERS, "both answers are the same text");
    }
    Map<String, JsonNode> extra = Fields.except(row.json(), taken);
    extra.putAll(further);
    Provenance from = new Provenance(annotator, time, guideline, gold, source.orElse(row.source()));
    if (prompt.size() == 1
        && prompt.get(0).role().equals(Message.TEXT)
        && !answers.stream().allMatch(Answer::isPlain)) {
      throw row.bad(
          "the prompt is plain text (role \"text\") but an answer is more; give it the role user");
    }
    String asked = promptId.or(() -> id).orElseGet(() -> Prompt.idOf(prompt));
    Preference preference =
        new Preference(
            id.orElse(""),
            new Prompt(asked, prompt),
            answers,
            margin.isPresent() ? judgement.by(margin) : judgement,
            from,
            extra);
    return Parsed.kept(
        shape, id.isPresent() ? preference : preference.withId(preference.contentHash()));
  }

  private boolean allEqual() {
    return answers.stream().map(Answer::turns).distinct().count() == 1;
  }

  /** "chosen" and "rejected" of two in order, else the place. */
  private String name(int index) {
    if (judgement.ranks().equals(List.of(1, 2))) {
      return index == 0 ? "chosen" : "rejected";
    }
    return String.valueOf(index + 1) + ".";
  }
}
