package org.plumbline.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One judgement of one annotator about the answers to one prompt: what every importer makes and
 * every exporter writes.
 *
 * @param id as the source gives it, else a hash of the content: importing a file again gives equal
 *     ids
 * @param answers in the order in which they were shown, where that is known
 * @param extra every other field of the row, in their order
 */
public record Preference(
    String id,
    Prompt prompt,
    List<Answer> answers,
    Judgement judgement,
    Provenance provenance,
    Map<String, JsonNode> extra) {
  public Preference {
    answers = List.copyOf(answers);
    extra = Fields.copy(extra);
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("a preference needs answers");
    }
    if (judgement.kind() == Judgement.Kind.RANKED
        && (answers.size() < 2 || judgement.ranks().size() != answers.size())) {
      throw new IllegalArgumentException(
          "%d ranks for %d answers; each of at least two answers needs one"
              .formatted(judgement.ranks().size(), answers.size()));
    }
    if (prompt.isRaw() && !answers.stream().allMatch(Answer::isPlain)) {
      throw new IllegalArgumentException("answers to plain text must be plain text");
    }
  }

  /** The same under this id. */
  public Preference withId(String name) {
    return new Preference(name, prompt, answers, judgement, provenance, extra);
  }

  /**
   * Hash of all but the id and the place it was read from: equal for equal judgements, whatever
   * file they came in.
   */
  public String contentHash() {
    return ContentHash.of(this);
  }

  /** Hash of prompt and answers whatever their order: judgements of one item share it. */
  public String itemKey() {
    return ContentHash.ofItem(this);
  }

  /** Whether two answers were compared, or would have been had the annotator not abstained. */
  public boolean isPair() {
    return answers.size() == 2
        && (judgement.kind() == Judgement.Kind.RANKED
            || judgement.kind() == Judgement.Kind.ABSTAINED);
  }

  /**
   * The pairs to train on: each two of the answers in their order, ties and abstentions included.
   * Empty where single answers were judged, or conversations of several turns compared, which have
   * no common prompt.
   */
  public List<PreferencePair> pairs() {
    List<PreferencePair> pairs = new ArrayList<>();
    if (judgement.kind() == Judgement.Kind.ABSTAINED && isPair()) {
      addPair(pairs, 0, 1, Outcome.NONE);
    }
    if (judgement.kind() == Judgement.Kind.RANKED) {
      for (int i = 0; i < answers.size(); i++) {
        for (int j = i + 1; j < answers.size(); j++) {
          int lead = judgement.ranks().get(j) - judgement.ranks().get(i);
          addPair(
              pairs, lead < 0 ? j : i, lead < 0 ? i : j, lead == 0 ? Outcome.TIE : Outcome.CHOSEN);
        }
      }
    }
    return pairs;
  }

  private void addPair(List<PreferencePair> pairs, int better, int worse, Outcome outcome) {
    Answer chosen = answers.get(better);
    Answer rejected = answers.get(worse);
    if (chosen.isOneTurn() && rejected.isOneTurn()) {
      pairs.add(
          new PreferencePair(
              answers.size() == 2 ? id : "%s#%d-%d".formatted(id, better + 1, worse + 1),
              prompt,
              chosen.text(),
              rejected.text(),
              outcome,
              margin(chosen, rejected),
              provenance.annotator().name(),
              provenance.source(),
              extra));
    }
  }

  /** The stated margin of a pair, else how far the scores are apart. */
  private OptionalDouble margin(Answer chosen, Answer rejected) {
    if (answers.size() == 2 && judgement.margin().isPresent()) {
      return judgement.margin();
    }
    return chosen.score().isPresent() && rejected.score().isPresent()
        ? OptionalDouble.of(chosen.score().getAsDouble() - rejected.score().getAsDouble())
        : OptionalDouble.empty();
  }
}
