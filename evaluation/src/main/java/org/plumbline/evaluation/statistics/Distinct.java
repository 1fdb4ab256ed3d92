package org.plumbline.evaluation.statistics;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Distinct-n: distinct n-grams over all n-grams of the replies (Li et al. 2016, 1510.03055). */
public final class Distinct {
  private Distinct() {}

  /** The share, over words split at white space; NaN where no reply is n words long. */
  public static double ngrams(List<String> replies, int n) {
    Set<List<String>> distinct = new HashSet<>();
    int all = 0;
    for (String reply : replies) {
      List<String> words = List.of(reply.strip().split("\\s+"));
      for (int start = 0; start + n <= words.size() && !reply.isBlank(); start++) {
        distinct.add(words.subList(start, start + n));
        all++;
      }
    }
    return all == 0 ? Double.NaN : (double) distinct.size() / all;
  }
}
