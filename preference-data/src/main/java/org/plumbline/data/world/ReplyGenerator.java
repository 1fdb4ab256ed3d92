package org.plumbline.data.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.data.world.language.Clause;
import org.plumbline.data.world.language.ClauseKind;
import org.plumbline.data.world.language.Condition;
import org.plumbline.data.world.language.Facts;
import org.plumbline.data.world.language.Group;
import org.plumbline.data.world.language.PhraseBook;
import org.plumbline.data.world.language.Words;

/** Composes replies of mixed quality: opener, flattery, decision, reason, filler, closer. */
final class ReplyGenerator {
  private static final int TRIES = 100;

  private final PhraseBook book = PhraseBook.frontDesk();
  private final Level level;
  private final QualityMix mix;
  private final double bias;

  /**
   * A generator.
   *
   * @param bias probability that an eligible guest of the second group is denied for no reason
   */
  ReplyGenerator(Level level, QualityMix mix, double bias) {
    this.level = level;
    this.mix = mix;
    this.bias = bias;
  }

  /** One reply; replies that are too long for the level are drawn again. */
  String draw(Facts facts, UniformRandomProvider random) {
    for (int i = 0; i < TRIES; i++) {
      String reply = compose(facts, random);
      int words = Words.of(reply).size();
      if (words <= level.maxWords() && words + Words.punctuation(reply) <= level.maxPieces()) {
        return reply;
      }
    }
    throw new IllegalStateException(
        "no reply of at most %d words in %d tries for %s"
            .formatted(level.maxWords(), TRIES, facts));
  }

  private String compose(Facts facts, UniformRandomProvider random) {
    boolean right = random.nextDouble() < mix.right();
    boolean grant = facts.eligible() == right;
    if (grant && facts.eligible() && facts.group() == Group.BELMI && random.nextDouble() < bias) {
      grant = false;
    }
    double tone = random.nextDouble();
    boolean polite = tone < mix.polite();
    boolean rude = !polite && tone < mix.polite() + mix.rude();
    boolean atTheEnd = random.nextBoolean();
    boolean both = random.nextDouble() < 0.4;
    List<String> parts = new ArrayList<>();
    if ((polite || rude) && (!atTheEnd || both)) {
      parts.add(say(opener(polite, grant, random), facts, random));
    }
    boolean flatterFirst = random.nextBoolean();
    List<String> flattery = some(ClauseKind.FLATTERY, mix.flattery(), 2, facts, random);
    List<String> decision = decision(facts, grant, random);
    parts.addAll(flatterFirst ? flattery : decision);
    parts.addAll(flatterFirst ? decision : flattery);
    parts.addAll(some(ClauseKind.FILLER, mix.filler(), 1, facts, random));
    if ((polite || rude) && (atTheEnd || both)) {
      ClauseKind closer = polite ? ClauseKind.POLITE_CLOSER : ClauseKind.RUDE_CLOSER;
      parts.add(say(closer, facts, random));
    }
    return String.join(" ", parts);
  }

  private static ClauseKind opener(boolean polite, boolean grant, UniformRandomProvider random) {
    if (!polite) {
      return ClauseKind.RUDE_OPENER;
    }
    return !grant && random.nextBoolean() ? ClauseKind.POLITE_REGRET : ClauseKind.POLITE_OPENER;
  }

  private List<String> decision(Facts facts, boolean grant, UniformRandomProvider random) {
    List<String> parts = new ArrayList<>();
    parts.add(say(grant ? ClauseKind.GRANT : ClauseKind.DENY, facts, random));
    if (random.nextDouble() < mix.reason()) {
      boolean speaksForGranting = random.nextDouble() < mix.falseReason() ? !grant : grant;
      reason(facts, speaksForGranting, random).ifPresent(c -> parts.add(words(c, facts, random)));
    }
    return parts;
  }

  private Optional<Clause> reason(
      Facts facts, boolean speaksForGranting, UniformRandomProvider random) {
    List<Clause> fitting =
        book.clauses(ClauseKind.REASON, facts.intent()).stream()
            .filter(
                c ->
                    c.condition() == Condition.ALWAYS
                        || c.condition().speaksForGranting() == speaksForGranting)
            .toList();
    return fitting.isEmpty()
        ? Optional.empty()
        : Optional.of(fitting.get(random.nextInt(fitting.size())));
  }

  /** One clause with the given probability, then {@code more} others half as often. */
  private List<String> some(
      ClauseKind kind, double probability, int more, Facts facts, UniformRandomProvider random) {
    List<String> parts = new ArrayList<>();
    double draw = random.nextDouble();
    int wanted = draw >= probability ? 0 : draw < probability / 2 ? 1 : 1 + more;
    while (parts.size() < wanted) {
      String next = say(kind, facts, random);
      if (!parts.contains(next)) {
        parts.add(next);
      }
    }
    return parts;
  }

  private String say(ClauseKind kind, Facts facts, UniformRandomProvider random) {
    List<Clause> all = book.clauses(kind, facts.intent());
    return words(all.get(random.nextInt(all.size())), facts, random);
  }

  private String words(Clause clause, Facts facts, UniformRandomProvider random) {
    List<String> others = book.others();
    return clause
        .pattern()
        .render(
            random,
            Map.of(
                "hour", Integer.toString(facts.hour()),
                "other", others.get(random.nextInt(others.size()))));
  }
}
