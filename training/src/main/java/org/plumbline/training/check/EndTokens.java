package org.plumbline.training.check;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.tokenizer.SpecialToken;
import org.plumbline.model.tokenizer.TextTokenizer;

/** Counts the tokens that teach a model to stop: end tokens that carry loss. */
public final class EndTokens {
  private final TextTokenizer tokenizer;
  private final Set<Integer> ends;
  private final OptionalInt pad;
  private int rows;
  private long written;
  private long trained;

  /** A count for rows of one encoder. */
  public EndTokens(ChatEncoder encoder) {
    this.tokenizer = encoder.tokenizer();
    this.ends = encoder.stopIds();
    this.pad =
        tokenizer
            .specialTokens()
            .pad()
            .map(SpecialToken::id)
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty());
  }

  /** A count of these rows. */
  public static EndTokens of(List<EncodedDialogue> rows, ChatEncoder encoder) {
    EndTokens count = new EndTokens(encoder);
    rows.forEach(count::add);
    return count;
  }

  /** Counts one more row; its first token carries no loss, whatever its mask says. */
  public void add(EncodedDialogue row) {
    rows++;
    for (int t = 0; t < row.length(); t++) {
      if (ends.contains(row.ids()[t])) {
        written++;
        trained += t > 0 && row.loss()[t] ? 1 : 0;
      }
    }
  }

  /** End tokens that carry loss. */
  public long trained() {
    return trained;
  }

  /** What is wrong where none of them does, with the likely cause; empty where one does. */
  public Optional<String> fault() {
    return trained > 0 || rows == 0
        ? Optional.empty()
        : Optional.of(
            "EOS is never trained in %d rows, so the model will not learn to stop. Likely cause: %s"
                .formatted(rows, cause()));
  }

  private String cause() {
    if (ends.isEmpty()) {
      return "tokenizer_config.json names no eos_token; add it";
    }
    String names =
        new TreeSet<>(ends).stream().map(this::named).collect(Collectors.joining(" or "));
    if (written == 0) {
      return "the template does not write %s behind an answer, or max_length cuts every answer"
          .formatted(names);
    }
    return pad.isPresent() && ends.contains(pad.getAsInt())
        ? "pad token = EOS, %s, and the template's mask leaves it out like padding; let the template mark it as generated, or give the tokenizer a pad token of its own"
            .formatted(named(pad.getAsInt()))
        : "the template's mask leaves %s out; let the template mark it as generated"
            .formatted(names);
  }

  private String named(int id) {
    return "%s (id %d)".formatted(tokenizer.tokenOf(id), id);
  }
}
