package org.plumbline.training.check;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.tokenizer.SpecialToken;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * The faults that spoil training without a word: two BOS, an end token that is never learned, a
 * prompt that generation spells otherwise, an empty answer. Each is reported once, with the first
 * row that has it and how many do.
 */
public final class RowFaults {
  private final TextTokenizer tokenizer;
  private final Set<Integer> ends;
  private final OptionalInt bos;
  private final EndTokens endTokens;
  private final Faults faults = new Faults();

  /** For rows of one encoder. */
  public RowFaults(ChatEncoder encoder) {
    this.tokenizer = encoder.tokenizer();
    this.ends = encoder.stopIds();
    this.endTokens = new EndTokens(encoder);
    this.bos =
        tokenizer
            .specialTokens()
            .bos()
            .map(SpecialToken::id)
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty());
  }

  /** Looks at the start of a row, or of a prompt. */
  public void start(String id, int[] ids) {
    if (ids.length > 1 && bos.isPresent() && ids[0] == bos.getAsInt() && ids[1] == ids[0]) {
      faults.note(
          "bos",
          "row %s begins with two BOS tokens, %s. Likely cause: the text spells it out and the tokenizer adds it too; take it out of the text or the template"
              .formatted(id, named(ids[0])));
    }
  }

  /**
   * Looks at a row whose last answer must go on from a prompt.
   *
   * @return whether it does
   */
  public boolean prefix(String id, int[] prompt, int[] ids) {
    int shared = Arrays.mismatch(prompt, ids);
    boolean parted = shared >= 0 && shared < prompt.length;
    if (parted) {
      faults.note(
          "prefix",
          "row %s: the prompt is no prefix of prompt and answer, they part at token %d of %d (\"%s\" against \"%s\"), so replies would begin where nothing was learned. Likely cause: a template that writes the answer's turn otherwise than the prompt for it"
              .formatted(id, shared, prompt.length, text(prompt, shared), text(ids, shared)));
    }
    return !parted;
  }

  private String text(int[] ids, int from) {
    int to = Math.min(ids.length, from + 8);
    return from >= ids.length
        ? ""
        : tokenizer.decode(Arrays.copyOfRange(ids, from, to), false).replace("\n", "\\n");
  }

  /** Looks at an answer: the tokens with loss, end tokens apart, are to hold a text. */
  public void answer(String id, EncodedDialogue answer) {
    boolean text = false;
    for (int t = 0; t < answer.length() && !text; t++) {
      text = answer.loss()[t] && !ends.contains(answer.ids()[t]) && !blank(answer.ids()[t]);
    }
    if (!text) {
      empty(id, "no text in it carries loss");
    }
  }

  /** Notes an answer without text. */
  public void empty(String id, String found) {
    faults.note(
        "empty", "row %s: the answer is empty, %s; mend or remove the row".formatted(id, found));
  }

  /** Notes a row that the template refuses, or whose parts it does not tell apart. */
  public void refused(String id, String why) {
    faults.note("refused", "row %s: %s".formatted(id, why));
  }

  /** Notes a policy without an end token. */
  public void endless() {
    faults.note(
        "eos",
        "EOS is never trained: the policy has no end token, so every reply runs to its limit. Likely cause: tokenizer_config.json names no eos_token; add it");
  }

  /** Looks at what a row teaches of ends. */
  public void ends(EncodedDialogue row) {
    endTokens.add(row);
  }

  private boolean blank(int id) {
    return tokenizer.decode(new int[] {id}, false).isBlank();
  }

  /** Everything found, in sentences. */
  public List<String> sentences() {
    endTokens.fault().ifPresent(sentence -> faults.note("eos", sentence));
    return faults.sentences();
  }

  private String named(int id) {
    return "%s (id %d)".formatted(tokenizer.tokenOf(id), id);
  }
}
