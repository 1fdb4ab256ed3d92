package org.plumbline.sft;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.stage.RandomStreams;

/**
 * Rows of several sources in given shares of the tokens. The result is one epoch: the shortest in
 * which every source is seen whole at least once.
 */
final class Mixture {
  private Mixture() {}

  /** Rows with the relative share of the tokens that they are to have. */
  record Part(List<EncodedDialogue> rows, double weight) {}

  /**
   * Mixes sources; one that must appear more than once is repeated whole, the rest drawn from it.
   *
   * @param parts none of them empty
   * @param seed decides which rows are drawn for what is less than a whole pass
   */
  static List<EncodedDialogue> of(List<Part> parts, long seed) {
    double all = parts.stream().mapToDouble(Part::weight).sum();
    double total =
        parts.stream().mapToDouble(p -> tokens(p.rows()) * all / p.weight()).max().orElse(0);
    List<EncodedDialogue> mixed = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      long wanted = Math.round(total * part.weight() / all);
      mixed.addAll(draw(part.rows(), wanted, RandomStreams.address(seed, "pretrain.mix", i)));
    }
    return mixed;
  }

  /**
   * Rows of so many tokens, give or take a row: whole passes, then rows in a drawn order.
   *
   * @param rows at least one
   */
  static List<EncodedDialogue> draw(List<EncodedDialogue> rows, long tokens, long seed) {
    List<EncodedDialogue> drawn = new ArrayList<>();
    long whole = tokens(rows);
    long left = tokens;
    for (; left >= whole; left -= whole) {
      drawn.addAll(rows);
    }
    for (int row : RandomStreams.permutation(rows.size(), RandomStreams.of(seed, "draw"))) {
      int length = rows.get(row).length();
      if (left < (length + 1) / 2) {
        break;
      }
      drawn.add(rows.get(row));
      left -= length;
    }
    return drawn;
  }

  /** Tokens of all rows. */
  static long tokens(List<EncodedDialogue> rows) {
    return rows.stream().mapToLong(EncodedDialogue::length).sum();
  }
}
