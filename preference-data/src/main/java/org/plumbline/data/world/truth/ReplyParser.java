package org.plumbline.data.world.truth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.plumbline.data.world.language.Clause;
import org.plumbline.data.world.language.PhraseBook;
import org.plumbline.data.world.language.Words;

/**
 * Reads any text as clauses: from left to right the longest clause that fits; a word that starts
 * none is stray. Punctuation and case do not matter.
 */
final class ReplyParser {
  private static final String HOUR = "{hour}";
  private static final String OTHER = "{other}";

  private final Node root = new Node();
  private final Set<String> others;

  ReplyParser(PhraseBook book) {
    others = Set.copyOf(book.others());
    for (Clause clause : book.clauses()) {
      for (String line : clause.pattern().expansions()) {
        root.add(clause, line);
      }
    }
  }

  ParsedReply parse(String reply) {
    List<String> words = Words.of(reply);
    List<ParsedReply.Said> said = new ArrayList<>();
    Set<Clause> seen = new HashSet<>();
    int stray = 0;
    int at = 0;
    while (at < words.size()) {
      Match match = longest(words, at);
      if (match.clause() == null) {
        stray++;
        at++;
        continue;
      }
      if (seen.add(match.clause())) {
        said.add(new ParsedReply.Said(match.clause(), match.hour()));
      } else {
        stray += match.end() - at;
      }
      at = match.end();
    }
    return new ParsedReply(List.copyOf(said), words.size(), stray);
  }

  private record Match(@Nullable Clause clause, int end, int hour) {}

  private Match longest(List<String> words, int from) {
    Match best = new Match(null, from, 0);
    Node node = root;
    int hour = 0;
    for (int i = from; i < words.size(); i++) {
      String word = words.get(i);
      Node next = node.next.get(word);
      if (next == null && others.contains(word)) {
        next = node.next.get(OTHER);
      }
      if (next == null && word.matches("[0-9]{1,2}")) {
        next = node.next.get(HOUR);
        hour = Integer.parseInt(word);
      }
      if (next == null) {
        break;
      }
      node = next;
      if (node.clause != null) {
        best = new Match(node.clause, i + 1, hour);
      }
    }
    return best;
  }

  private static final class Node {
    private final Map<String, Node> next = new HashMap<>();
    private @Nullable Clause clause;

    void add(Clause added, String line) {
      Node node = this;
      for (String piece : line.split(" ", -1)) {
        String word =
            piece.startsWith("{") ? piece.replaceAll("[.,?]", "") : Words.of(piece).get(0);
        node = node.next.computeIfAbsent(word, w -> new Node());
      }
      if (node.clause != null && !node.clause.equals(added)) {
        throw new IllegalStateException(
            "\"%s\" belongs to two clauses: \"%s\" and \"%s\""
                .formatted(line, node.clause.pattern().text(), added.pattern().text()));
      }
      node.clause = added;
    }
  }
}
