package org.plumbline.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * How often each pair of symbols stands side by side, kept up to date while pairs are joined. Only
 * words that hold the joined pair are touched.
 */
final class PairCounts {
  /** Two neighbours and their count when this was made. */
  record Pair(long count, int left, int right) {}

  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  private record Word(int[] symbols, long count) {}

  /** Words that held a pair when it was counted; may repeat a word, or name one that lost it. */
  private static final class IndexList {
    private int[] indices = new int[2];
    private int size;

    void add(int index) {
      if (size > 0 && indices[size - 1] == index) {
        return;
      }
      if (size == indices.length) {
        indices = Arrays.copyOf(indices, 2 * size);
      }
      indices[size++] = index;
    }
  }

  private static final Comparator<Pair> MOST_FREQUENT_FIRST =
      Comparator.comparingLong(Pair::count)
          .reversed()
          .thenComparingInt(Pair::left)
          .thenComparingInt(Pair::right);
  private static final Pair NONE = new Pair(0, 0, 0);

  private final List<Word> words = new ArrayList<>();
  private final Map<Long, Long> counts = new HashMap<>();
  private final Map<Long, IndexList> places = new HashMap<>();
  private final PriorityQueue<Pair> queue = new PriorityQueue<>(MOST_FREQUENT_FIRST);
  private boolean queued;

  void addWord(int[] symbols, long count) {
    words.add(new Word(symbols, count));
    count(words.size() - 1, 1);
  }

  private static long key(int left, int right) {
    return ((long) left << 32) | right;
  }

  private void count(int index, int sign) {
    Word word = words.get(index);
    for (int i = 0; i + 1 < word.symbols().length; i++) {
      long key = key(word.symbols()[i], word.symbols()[i + 1]);
      counts.merge(key, sign * word.count(), Long::sum);
      if (sign > 0) {
        places.computeIfAbsent(key, unused -> new IndexList()).add(index);
      }
    }
  }

  private Pair current(long key) {
    return new Pair(counts.getOrDefault(key, 0L), (int) (key >>> 32), (int) key);
  }

  /** The pair to join next; its count is 0 when there is none. Counts in the queue only shrink. */
  Pair mostFrequent() {
    if (!queued) {
      counts.keySet().forEach(key -> queue.add(current(key)));
      queued = true;
    }
    while (!queue.isEmpty()) {
      Pair top = queue.remove();
      Pair now = current(key(top.left(), top.right()));
      if (now.count() == top.count()) {
        return top;
      }
      if (now.count() > 0) {
        queue.add(now);
      }
    }
    return NONE;
  }

  /** Replaces the pair by {@code joined}, a symbol not used before, in every word. */
  void join(Pair pair, int joined) {
    long key = key(pair.left(), pair.right());
    IndexList holders = places.getOrDefault(key, new IndexList());
    BitSet fresh = new BitSet();
    for (int i = 0; i < holders.size; i++) {
      int index = holders.indices[i];
      int[] before = words.get(index).symbols();
      int[] after = replaced(before, pair, joined);
      if (after.length < before.length) {
        count(index, -1);
        words.set(index, new Word(after, words.get(index).count()));
        count(index, 1);
        fresh.set(index);
      }
    }
    counts.remove(key);
    places.remove(key);
    enqueueNeighbours(fresh, joined);
  }

  private void enqueueNeighbours(BitSet touched, int joined) {
    BitSet seenLeft = new BitSet();
    BitSet seenRight = new BitSet();
    for (int index = touched.nextSetBit(0); index >= 0; index = touched.nextSetBit(index + 1)) {
      int[] symbols = words.get(index).symbols();
      for (int i = 0; i + 1 < symbols.length; i++) {
        if (symbols[i] == joined && !seenRight.get(symbols[i + 1])) {
          seenRight.set(symbols[i + 1]);
          queue.add(current(key(joined, symbols[i + 1])));
        } else if (symbols[i + 1] == joined && symbols[i] != joined && !seenLeft.get(symbols[i])) {
          seenLeft.set(symbols[i]);
          queue.add(current(key(symbols[i], joined)));
        }
      }
    }
  }

  private static int[] replaced(int[] symbols, Pair pair, int joined) {
    int[] result = new int[symbols.length];
    int size = 0;
    for (int i = 0; i < symbols.length; i++) {
      boolean meets =
          i + 1 < symbols.length && symbols[i] == pair.left() && symbols[i + 1] == pair.right();
      result[size++] = meets ? joined : symbols[i];
      if (meets) {
        i++;
      }
    }
    return Arrays.copyOf(result, size);
  }
}
