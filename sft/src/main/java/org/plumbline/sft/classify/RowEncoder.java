package org.plumbline.sft.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.Encoded;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.UserException;

/**
 * Turns data rows into rows of tokens, framed by what the tokenizer adds by itself ({@code [CLS]}
 * and {@code [SEP]} of BERT). An encoder reads two texts as two sentences with token types, a
 * decoder as one text of two lines. What exceeds the limit is cut at the end.
 */
final class RowEncoder {
  private static final String PROBE = "a";

  private final TextTokenizer tokenizer;
  private final boolean causal;
  private final boolean typed;
  private final int maxLength;
  private final int[] before;
  private final int[] after;

  /** For a model and its tokenizer; {@code maxLength} bounds rows, special tokens included. */
  RowEncoder(TextTokenizer tokenizer, TransformerConfig config, int maxLength) {
    this.tokenizer = tokenizer;
    this.causal = config.attention().causal();
    this.typed = config.tokenTypes() > 1;
    this.maxLength = Math.min(maxLength, config.maxPositions());
    int[] framed = tokenizer.encode(PROBE, true);
    int[] bare = tokenizer.encode(PROBE, false);
    int at = Collections.indexOfSubList(boxed(framed), boxed(bare));
    if (at < 0) {
      throw new UserException(
          "%s: special tokens change the pieces of a text; such a tokenizer cannot be used here"
              .formatted(tokenizer.folder()));
    }
    this.before = Arrays.copyOf(framed, at);
    this.after = Arrays.copyOfRange(framed, at + bare.length, framed.length);
  }

  /** A text, or two, scored at one position: an encoder's first token, a decoder's last. */
  EncodedRow text(int source, String id, String text, String pair, int target) {
    boolean two = !pair.isEmpty() && !causal;
    int[] a = tokenizer.encode(pair.isEmpty() || two ? text : text + "\n" + pair, false);
    int[] b = two ? tokenizer.encode(pair, false) : new int[0];
    int room = maxLength - before.length - after.length * (two ? 2 : 1);
    int keepB = two ? Math.min(b.length, Math.max(room - a.length, room / 2)) : 0;
    int keepA = Math.min(a.length, room - keepB);
    boolean cut = keepA < a.length || keepB < b.length;
    int[] first = join(before, Arrays.copyOf(a, keepA), after);
    int[] second = two ? join(Arrays.copyOf(b, keepB), after) : new int[0];
    int[] ids = join(first, second);
    requireTokens(ids, id);
    int[] zero = {0};
    int[] picks = {causal ? ids.length - 1 : 0};
    return new EncodedRow(
        source, ids, types(first.length, ids.length), picks, new int[] {target}, zero, zero, cut);
  }

  /**
   * Words, joined by spaces and scored at each one's first token; words beyond the limit, or
   * without a token, have no pick.
   *
   * @param targets one per word
   */
  EncodedRow words(int source, String id, List<String> words, int[] targets) {
    Encoded encoded = tokenizer.encodeWithOffsets(String.join(" ", words), false);
    int kept = Math.min(encoded.ids().length, maxLength - before.length - after.length);
    int[] ends = new int[words.size()];
    int length = 0;
    for (int word = 0; word < ends.length; word++) {
      length += words.get(word).codePointCount(0, words.get(word).length());
      ends[word] = length;
      length++;
    }
    List<int[]> picked = new ArrayList<>();
    int word = -1;
    for (int t = 0; t < kept; t++) {
      int last = encoded.ends()[t] - 1;
      int of = Arrays.binarySearch(ends, last + 1);
      of = of < 0 ? -of - 1 : of;
      boolean separator = of > 0 && last <= ends[of - 1];
      if (last >= encoded.starts()[t] && !separator && of > word && of < ends.length) {
        word = of;
        picked.add(new int[] {before.length + t, word});
      }
    }
    int[] ids = join(before, Arrays.copyOf(encoded.ids(), kept), after);
    int[] picks = picked.stream().mapToInt(pick -> pick[0]).toArray();
    requireTokens(picks, id);
    int[] from = picked.stream().mapToInt(pick -> pick[1]).toArray();
    int[] to = Arrays.stream(from).map(number -> number + 1).toArray();
    int[] chosen = Arrays.stream(from).map(number -> targets[number]).toArray();
    return new EncodedRow(
        source,
        ids,
        types(ids.length, ids.length),
        picks,
        chosen,
        from,
        to,
        kept < encoded.ids().length);
  }

  /**
   * A question beside overlapping windows of its context, scored at every position. The targets of
   * a window without the whole answer are its first position, as are those of a question without
   * one.
   *
   * @param stride tokens that two windows share, at most half of a window
   */
  List<EncodedRow> windows(int source, AnsweredQuestion row, int stride) {
    int[] asked = tokenizer.encode(row.question(), false);
    int room = maxLength - before.length - 2 * after.length;
    int[] question = Arrays.copyOf(asked, Math.min(asked.length, room / 2));
    int[] head = join(before, question, after);
    int capacity = room - question.length;
    int step = capacity - Math.min(stride, capacity / 2);
    Encoded context = tokenizer.encodeWithOffsets(row.context(), false);
    int[] points = row.context().codePoints().toArray();
    List<EncodedRow> windows = new ArrayList<>();
    int begin = 0;
    int end;
    do {
      end = Math.min(context.ids().length, begin + capacity);
      int[] piece = Arrays.copyOfRange(context.ids(), begin, end);
      int[] ids = join(head, piece, after);
      int[] from = new int[ids.length];
      int[] to = new int[ids.length];
      Arrays.fill(from, -1);
      Arrays.fill(to, -1);
      for (int t = begin; t < end; t++) {
        int start = context.starts()[t];
        while (start < context.ends()[t] && Character.isWhitespace(points[start])) {
          start++;
        }
        from[head.length + t - begin] = start;
        to[head.length + t - begin] = context.ends()[t];
      }
      windows.add(
          new EncodedRow(
              source,
              ids,
              types(head.length, ids.length),
              IntStream.range(0, ids.length).toArray(),
              targets(row, points, from, to),
              from,
              to,
              question.length < asked.length));
      begin += step;
    } while (end < context.ids().length);
    return windows;
  }

  private static int[] targets(AnsweredQuestion row, int[] points, int[] from, int[] to) {
    if (row.answers().isEmpty()) {
      return new int[] {0, 0};
    }
    int start = row.answers().get(0).start();
    int end = row.answers().get(0).end();
    while (start < end && Character.isWhitespace(points[start])) {
      start++;
    }
    while (end > start && Character.isWhitespace(points[end - 1])) {
      end--;
    }
    int first = -1;
    int last = -1;
    for (int t = 0; t < from.length; t++) {
      if (from[t] < to[t] && from[t] < end && to[t] > start) {
        first = first < 0 ? t : first;
        last = t;
      }
    }
    boolean whole = first >= 0 && from[first] <= start && to[last] >= end;
    return whole ? new int[] {first, last} : new int[] {0, 0};
  }

  private int[] types(int firstLength, int length) {
    int[] types = new int[typed ? length : 0];
    Arrays.fill(types, Math.min(firstLength, types.length), types.length, 1);
    return types;
  }

  private static void requireTokens(int[] ids, String id) {
    if (ids.length == 0) {
      throw new UserException("row %s has no token the tokenizer knows".formatted(id));
    }
  }

  private static List<Integer> boxed(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  private static int[] join(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }
}
