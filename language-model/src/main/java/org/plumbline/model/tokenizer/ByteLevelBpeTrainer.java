package org.plumbline.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Trains a byte-level byte-pair encoding (Sennrich et al. 2016; on bytes, Radford et al. 2019): the
 * most frequent pair of neighbours is joined, again and again, within words as GPT-2 splits them.
 * Of equally frequent pairs the one with the lower ids goes first, so equal texts give equal rules.
 */
public final class ByteLevelBpeTrainer {
  /** GPT-2's split into contractions, words, numbers, punctuation and runs of spaces. */
  private static final Pattern WORD =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private static final int BYTES = 256;
  private static final int LEAST_COUNT = 2;

  private ByteLevelBpeTrainer() {}

  /**
   * Trains on all texts. Special tokens get the first ids, then the bytes, then the joined pieces.
   *
   * @param vocabSize all tokens together; the result is smaller where no pair occurs twice any more
   * @throws IllegalArgumentException where the size does not hold the bytes and special tokens
   */
  public static TrainedBpe train(
      Iterator<String> texts, int vocabSize, List<String> specialTokens) {
    Set<String> distinct = new HashSet<>(specialTokens);
    if (distinct.size() != specialTokens.size() || distinct.contains("")) {
      throw new IllegalArgumentException(
          "special tokens %s: each must be there once and not be empty".formatted(specialTokens));
    }
    int merges = vocabSize - BYTES - specialTokens.size();
    if (merges < 0) {
      throw new IllegalArgumentException(
          "a vocabulary of %d does not hold the %d bytes and %d special tokens"
              .formatted(vocabSize, BYTES, specialTokens.size()));
    }
    return merged(countWords(texts, specialTokens), merges, specialTokens);
  }

  /** A text that spells a special token is split there: the token itself is never learned. */
  private static Map<String, Integer> countWords(
      Iterator<String> texts, List<String> specialTokens) {
    Pattern special =
        Pattern.compile(String.join("|", specialTokens.stream().map(Pattern::quote).toList()));
    Map<String, Integer> counts = new HashMap<>();
    while (texts.hasNext()) {
      String text = texts.next();
      String[] parts = specialTokens.isEmpty() ? new String[] {text} : special.split(text);
      for (String part : parts) {
        Matcher words = WORD.matcher(part);
        while (words.find()) {
          counts.merge(words.group(), 1, Integer::sum);
        }
      }
    }
    return new TreeMap<>(counts); // one order on every machine
  }

  private static TrainedBpe merged(
      Map<String, Integer> words, int merges, List<String> specialTokens) {
    List<String> tokens = new ArrayList<>(specialTokens);
    int[] idByByte = new int[BYTES];
    for (byte value : ByteAlphabet.bytesInOrder()) {
      idByByte[Byte.toUnsignedInt(value)] = tokens.size();
      tokens.add(String.valueOf(ByteAlphabet.symbol(value)));
    }
    PairCounts pairs = new PairCounts();
    words.forEach((word, count) -> pairs.addWord(symbols(word, idByByte), count));
    List<Merge> rules = new ArrayList<>();
    while (rules.size() < merges) {
      PairCounts.Pair best = pairs.mostFrequent();
      if (best.count() < LEAST_COUNT) {
        break;
      }
      String left = tokens.get(best.left());
      String right = tokens.get(best.right());
      pairs.join(best, tokens.size());
      tokens.add(left + right);
      rules.add(new Merge(left, right));
    }
    return new TrainedBpe(tokens, rules, specialTokens);
  }

  private static int[] symbols(String word, int[] idByByte) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int[] symbols = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      symbols[i] = idByByte[Byte.toUnsignedInt(bytes[i])];
    }
    return symbols;
  }
}
