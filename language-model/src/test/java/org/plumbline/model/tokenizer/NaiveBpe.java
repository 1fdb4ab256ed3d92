package org.plumbline.model.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The definition of byte-pair encoding, counting everything anew each time; ASCII words only. */
final class NaiveBpe {
  private NaiveBpe() {}

  static List<Merge> merges(List<String> texts, int count) {
    List<String> ids = new ArrayList<>();
    ByteAlphabet.bytesInOrder().forEach(b -> ids.add(String.valueOf(ByteAlphabet.symbol(b))));
    List<List<String>> words = new ArrayList<>();
    for (String text : texts) {
      // GPT-2's split of letters and single spaces; of several spaces the last joins the word
      for (String word : text.split("(?<=[a-z])(?= )|(?<= )(?= [a-z])", -1)) {
        List<String> symbols = new ArrayList<>();
        word.chars().forEach(c -> symbols.add(c == ' ' ? "Ġ" : String.valueOf((char) c)));
        words.add(symbols);
      }
    }
    List<Merge> merges = new ArrayList<>();
    while (merges.size() < count) {
      Map<Merge, Integer> counts = new LinkedHashMap<>();
      for (List<String> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          counts.merge(new Merge(word.get(i), word.get(i + 1)), 1, Integer::sum);
        }
      }
      Merge best =
          counts.keySet().stream()
              .min(
                  Comparator.comparingInt((Merge pair) -> -counts.get(pair))
                      .thenComparingInt(pair -> ids.indexOf(pair.left()))
                      .thenComparingInt(pair -> ids.indexOf(pair.right())))
              .orElseThrow();
      merges.add(best);
      ids.add(best.left() + best.right());
      words.replaceAll(word -> joined(word, best));
    }
    return merges;
  }

  private static List<String> joined(List<String> word, Merge pair) {
    List<String> result = new ArrayList<>();
    for (int i = 0; i < word.size(); i++) {
      boolean meets =
          i + 1 < word.size()
              && word.get(i).equals(pair.left())
              && word.get(i + 1).equals(pair.right());
      result.add(meets ? pair.left() + pair.right() : word.get(i));
      i += meets ? 1 : 0;
    }
    return result;
  }
}
