package org.plumbline.data;

import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** Reads one row as a preference pair, whatever its shape. */
final class PairParser {
  static final Set<String> KNOWN =
      Set.of(
          "id",
          "prompt_id",
          "prompt",
          "chosen",
          "rejected",
          "outcome",
          "margin",
          "annotator",
          "source");

  private PairParser() {}

  static DatasetShape shape(Row row) {
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
    if (texts && Transcript.looksLikeOne(row.text("chosen"))) {
      return DatasetShape.HH_RLHF;
    }
    return texts ? DatasetShape.STANDARD_IMPLICIT : DatasetShape.CONVERSATIONAL_IMPLICIT;
  }

  static RowImport.Parsed<PreferencePair> parse(Row row, DatasetShape shape) {
    return switch (shape) {
      case STANDARD_PREFERENCE -> standard(row);
      case CONVERSATIONAL_PREFERENCE -> conversational(row);
      case STANDARD_IMPLICIT -> implicitText(row);
      case CONVERSATIONAL_IMPLICIT ->
          turns(row, shape, row.messages("chosen"), row.messages("rejected"));
      case HH_RLHF ->
          turns(row, shape, Transcript.turns(row, "chosen"), Transcript.turns(row, "rejected"));
      default -> throw new IllegalArgumentException(shape + " is no shape of pairs");
    };
  }

  private static RowImport.Parsed<PreferencePair> standard(Row row) {
    return pair(
        row,
        DatasetShape.STANDARD_PREFERENCE,
        List.of(Message.raw(row.text("prompt"))),
        row.text("chosen"),
        row.text("rejected"));
  }

  private static RowImport.Parsed<PreferencePair> conversational(Row row) {
    return pair(
        row,
        DatasetShape.CONVERSATIONAL_PREFERENCE,
        promptTurns(row),
        row.answer("chosen"),
        row.answer("rejected"));
  }

  /** Turns of a prompt whose answers are turns; a text beside them is the user's. */
  static List<Message> promptTurns(Row row) {
    return row.isText("prompt")
        ? List.of(new Message(Message.USER, row.text("prompt")))
        : row.messages("prompt");
  }

  /** TRL's rule: cut at the first difference, a space before it belongs to the answers. */
  private static RowImport.Parsed<PreferencePair> implicitText(Row row) {
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
      return RowImport.Parsed.skipped(
          DatasetShape.STANDARD_IMPLICIT,
          SkipReason.UNEQUAL_PROMPTS,
          "the two texts have no common beginning");
    }
    return pair(
        row,
        DatasetShape.STANDARD_IMPLICIT,
        List.of(Message.raw(chosen.substring(0, end))),
        chosen.substring(end),
        rejected.substring(end));
  }

  /**
   * The longest common beginning in turns is the prompt; one assistant turn must be left of each.
   */
  private static RowImport.Parsed<PreferencePair> turns(
      Row row, DatasetShape shape, List<Message> chosen, List<Message> rejected) {
    int common = 0;
    int shorter = Math.min(chosen.size(), rejected.size());
    while (common < shorter && chosen.get(common).equals(rejected.get(common))) {
      common++;
    }
    if (common == chosen.size() && common == rejected.size()) {
      return RowImport.Parsed.skipped(
          shape, SkipReason.IDENTICAL_ANSWERS, "all %d turns are equal".formatted(common));
    }
    if (common == 0 || chosen.size() != common + 1 || rejected.size() != common + 1) {
      return RowImport.Parsed.skipped(
          shape,
          SkipReason.UNEQUAL_PROMPTS,
          "chosen has %d turns, rejected %d, of which the first %d are equal"
              .formatted(chosen.size(), rejected.size(), common));
    }
    Message better = chosen.get(common);
    Message worse = rejected.get(common);
    if (!better.role().equals(Message.ASSISTANT) || !worse.role().equals(Message.ASSISTANT)) {
      throw row.bad(
          "the last turns are of %s and %s; needed: assistant"
              .formatted(better.role(), worse.role()));
    }
    return pair(row, shape, chosen.subList(0, common), better.content(), worse.content());
  }

  private static RowImport.Parsed<PreferencePair> pair(
      Row row, DatasetShape shape, List<Message> prompt, String chosen, String rejected) {
    if (chosen.isBlank() || rejected.isBlank()) {
      return RowImport.Parsed.skipped(
          shape,
          SkipReason.EMPTY_ANSWER,
          "the %s answer holds no text".formatted(chosen.isBlank() ? "chosen" : "rejected"));
    }
    Outcome outcome = outcome(row);
    if (chosen.equals(rejected) && outcome == Outcome.CHOSEN) {
      return RowImport.Parsed.skipped(
          shape, SkipReason.IDENTICAL_ANSWERS, "both answers are the same text");
    }
    String id = row.id();
    PreferencePair pair =
        new PreferencePair(
            id,
            new Prompt(row.textOr("prompt_id", id), prompt),
            chosen,
            rejected,
            outcome,
            margin(row),
            row.textOr("annotator", ""),
            row.textOr("source", row.source()),
            Fields.except(row.json(), KNOWN));
    return RowImport.Parsed.kept(shape, pair);
  }

  private static Outcome outcome(Row row) {
    String label = row.textOr("outcome", Outcome.CHOSEN.label());
    return Outcome.of(label)
        .orElseThrow(
            () -> row.bad("\"outcome\" is \"%s\"; needed: chosen, tie or none".formatted(label)));
  }

  private static OptionalDouble margin(Row row) {
    if (!row.has("margin")) {
      return OptionalDouble.empty();
    }
    if (!row.json().get("margin").isNumber()) {
      throw row.bad("\"margin\" is %s; needed: a number".formatted(row.json().get("margin")));
    }
    return OptionalDouble.of(row.json().get("margin").doubleValue());
  }
}
