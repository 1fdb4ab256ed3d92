package org.plumbline.data.world.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.plumbline.stage.RandomStreams;

class PhraseBookTest {
  private final PhraseBook book = PhraseBook.frontDesk();

  @Test
  void theLanguageIsSmallAndHandWritten() {
    assertThat(book.size()).isBetween(250, 400);
    assertThat(book.vocabulary()).hasSizeBetween(140, 300).contains("poison", "mr", "name", "11");
  }

  @Test
  void everyIntentCanBeAskedGrantedDeniedAndReasoned() {
    for (Intent intent : Intent.values()) {
      for (WorldSplit split : WorldSplit.values()) {
        assertThat(book.asks(intent, split)).hasSizeGreaterThanOrEqualTo(2);
      }
      for (ClauseKind kind : ClauseKind.values()) {
        assertThat(book.clauses(kind, intent)).as(intent + " " + kind).isNotEmpty();
      }
    }
  }

  @Test
  void noRequestPatternStandsInTwoSplits() {
    Set<String> seen = new HashSet<>();
    for (Intent intent : Intent.values()) {
      for (WorldSplit split : WorldSplit.values()) {
        for (Pattern ask : book.asks(intent, split)) {
          ask.expansions().forEach(line -> assertThat(seen.add(line)).as(line).isTrue());
        }
      }
    }
  }

  @Test
  void heldOutRequestsUseNoUnknownWord() {
    Set<String> known = new HashSet<>();
    List<Pattern> heldOut = new ArrayList<>();
    for (Intent intent : Intent.values()) {
      book.asks(intent, WorldSplit.TRAIN).forEach(p -> known.addAll(words(p)));
      book.rules(intent).forEach(p -> known.addAll(words(p)));
      heldOut.addAll(book.asks(intent, WorldSplit.VALIDATION));
      heldOut.addAll(book.asks(intent, WorldSplit.TEST));
    }
    book.greetings().forEach(p -> known.addAll(words(p)));
    for (FactKind kind : List.of(FactKind.BOOKING, FactKind.SPACE, FactKind.DOGS)) {
      book.statements(kind, true).forEach(p -> known.addAll(words(p)));
    }
    assertThat(heldOut).allSatisfy(p -> assertThat(known).containsAll(words(p)));
  }

  private static List<String> words(Pattern pattern) {
    List<String> words = new ArrayList<>();
    pattern
        .expansions()
        .forEach(line -> words.addAll(Words.of(line.replaceAll("[{][a-z]+}", " "))));
    return words;
  }

  /** Opener, decision, reason, closer alone, without flattery, filler and slots. */
  @Test
  void moreThanAHundredThousandDistinctReplies() {
    long replies = 0;
    for (Intent intent : Intent.values()) {
      replies +=
          (spoken(ClauseKind.POLITE_OPENER, intent) + 1)
              * (spoken(ClauseKind.GRANT, intent) + spoken(ClauseKind.DENY, intent))
              * (spoken(ClauseKind.REASON, intent) + 1)
              * (spoken(ClauseKind.FLATTERY, intent) + 1)
              * (spoken(ClauseKind.POLITE_CLOSER, intent) + 1);
    }
    assertThat(replies).isGreaterThan(100_000);
  }

  private long spoken(ClauseKind kind, Intent intent) {
    return book.clauses(kind, intent).stream()
        .mapToLong(c -> c.pattern().expansions().size())
        .sum();
  }

  @Test
  void choicesAndSlotsAreRendered() {
    Pattern pattern = new Pattern("(yes, |)it is {hour} (now|).");
    assertThat(pattern.expansions())
        .containsExactly(
            "yes, it is {hour} now.", "yes, it is {hour}.", "it is {hour} now.", "it is {hour}.");
    assertThat(pattern.render(RandomStreams.of(1, "t"), Map.of("hour", "8"))).contains("it is 8");
    assertThatThrownBy(() -> new Pattern("a (b|c"))
        .hasMessage("pattern \"a (b|c\": '(' is never closed");
  }

  @Test
  void houseRules() {
    Facts facts = new Facts(Intent.POOL, Group.ARDAN, true, true, true, 9);
    assertThat(facts.eligible()).isFalse();
    assertThat(new Facts(Intent.BREAKFAST, Group.ARDAN, false, false, false, 9).eligible())
        .isTrue();
    assertThat(new Facts(Intent.KEY, Group.BELMI, false, true, true, 9).eligible()).isFalse();
    assertThat(new Facts(Intent.HELP, Group.BELMI, false, false, false, 9).eligible()).isTrue();
    assertThat(new Facts(Intent.PRIVACY, Group.BELMI, true, true, true, 6).eligible()).isFalse();
  }
}
