package org.plumbline.data.format;

import java.util.List;
import java.util.Optional;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Outcome;
import org.plumbline.data.Preference;
import org.plumbline.data.SkipReason;

/**
 * TRL's dataset formats (huggingface/trl, docs/source/dataset_formats.md: preference with explicit
 * and implicit prompt, unpaired preference, standard and conversational), rankings, and our own
 * rows, which spell pairs as TRL does and add fields to them.
 *
 * @param transcripts whether texts that begin as HH-RLHF's are read as such
 */
record TrlFormat(boolean transcripts) implements Dialect<Preference> {
  @Override
  public Optional<String> recognise(Row row) {
    if (row.hasAll("chosen", "rejected")) {
      return Optional.of("chosen and rejected: " + pairShape(row).description());
    }
    if (row.hasAll("prompt", "completion", "label")) {
      return Optional.of("prompt, completion and label: unpaired preference");
    }
    return row.hasAll("prompt", "answers")
        ? Optional.of("prompt and answers: answers with a judgement")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    if (row.has("answers")) {
      return AnswerRows.ranked(row);
    }
    return row.has("completion") ? AnswerRows.unpaired(row) : pair(row, pairShape(row));
  }

  private DatasetShape pairShape(Row row) {
    for (String key : List.of("chosen", "rejected")) {
      if (!row.has(key)) {
        throw row.bad(
            "\"%s\" is missing; a preference pair needs \"chosen\" and \"rejected\"; found: %s"
                .formatted(key, row.keys()));
      }
    }
    boolean texts = row.isText("chosen");
    if (row.has("prompt")) {
      return texts ? DatasetShape.STANDARD_PREFERENCE : DatasetShape.CONVERSATIONAL_PREFERENCE;
    }
    if (transcripts && texts && Transcript.looksLikeOne(row.text("chosen"))) {
      return DatasetShape.HH_RLHF;
    }
    return texts ? DatasetShape.STANDARD_IMPLICIT : DatasetShape.CONVERSATIONAL_IMPLICIT;
  }

  private static Parsed<Preference> pair(Row row, DatasetShape shape) {
    return switch (shape) {
      case STANDARD_PREFERENCE ->
          pair(
              row,
              shape,
              List.of(Message.raw(row.text("prompt"))),
              Answer.of(row.text("chosen")),
              Answer.of(row.text("rejected")));
      case CONVERSATIONAL_PREFERENCE ->
          pair(
              row,
              shape,
              promptTurns(row),
              Answer.of(List.of(row.answerTurn("chosen"))),
              Answer.of(List.of(row.answerTurn("rejected"))));
      case STANDARD_IMPLICIT -> implicitText(row);
      case HH_RLHF -> HhRlhfFormat.transcripts(row);
      default -> turns(row, shape, row.messages("chosen"), row.messages("rejected"));
    };
  }

  /** Turns of a prompt whose answers are turns; a text beside them is the user's. */
  static List<Message> promptTurns(Row row) {
    return row.isText("prompt")
        ? List.of(new Message(Message.USER, row.text("prompt")))
        : row.messages("prompt");
  }

  /** TRL's rule: cut at the first difference, a space before it belongs to the answers. */
  private static Parsed<Preference> implicitText(Row row) {
    String chosen = row.text("chosen");
    String rejected = row.text("rejected");
    int end = 0;
    int shorter = Math.min(chosen.length(), rejected.length());
    while (end < shorter && chosen.charAt(end) == rejected.charAt(end)) {
      end++;
    }
    if (end > 0 && Character.isHighSurrogate(chosen.charAt(end - 1))) {
      end--;
    }
    if (end > 0 && chosen.charAt(end - 1) == ' ') {
      end--;
    }
    if (end == 0) {
      return Parsed.skipped(
          DatasetShape.STANDARD_IMPLICIT,
          SkipReason.UNEQUAL_PROMPTS,
          "the two texts have no common beginning");
    }
    return pair(
        row,
        DatasetShape.STANDARD_IMPLICIT,
        List.of(Message.raw(chosen.substring(0, end))),
        Answer.of(chosen.substring(end)),
        Answer.of(rejected.substring(end)));
  }

  /** Whole conversations: their common beginning is the prompt. */
  static Parsed<Preference> turns(
      Row row, DatasetShape shape, List<Message> chosen, List<Message> rejected) {
    TurnPair turns = TurnPair.of(chosen, rejected);
    if (turns.fault().isPresent()) {
      return Parsed.skipped(shape, turns.fault().get(), turns.detail());
    }
    Message better = turns.chosen();
    Message worse = turns.rejected();
    if (!better.role().equals(Message.ASSISTANT) || !worse.role().equals(Message.ASSISTANT)) {
      throw row.bad(
          "the last turns are of %s and %s; needed: assistant"
              .formatted(better.role(), worse.role()));
    }
    return pair(row, shape, turns.prompt(), Answer.of(List.of(better)), Answer.of(List.of(worse)));
  }

  private static Parsed<Preference> pair(
      Row row, DatasetShape shape, List<Message> prompt, Answer chosen, Answer rejected) {
    Draft draft = OwnFields.draft(row, shape, OwnFields.PAIR).prompt(prompt);
    Answer better = OwnFields.told(row, "chosen", chosen);
    Answer worse = OwnFields.told(row, "rejected", rejected);
    boolean swapped = OwnFields.isRejectedFirst(row);
    return draft
        .answer(swapped ? worse : better)
        .answer(swapped ? better : worse)
        .judged(judgement(row, swapped))
        .done();
  }

  private static Judgement judgement(Row row, boolean swapped) {
    String label = row.textOr("outcome", Outcome.CHOSEN.label());
    Outcome outcome =
        Outcome.of(label)
            .orElseThrow(
                () ->
                    row.bad("\"outcome\" is \"%s\"; needed: chosen, tie or none".formatted(label)));
    return switch (outcome) {
      case CHOSEN -> Judgement.better(!swapped);
      case TIE -> Judgement.tie(2);
      case NONE -> Judgement.of(Judgement.Kind.ABSTAINED);
    };
  }
}
