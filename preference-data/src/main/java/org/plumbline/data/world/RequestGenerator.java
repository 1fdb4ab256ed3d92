package org.plumbline.data.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.rng.UniformRandomProvider;
import org.plumbline.data.world.language.FactKind;
import org.plumbline.data.world.language.Facts;
import org.plumbline.data.world.language.Group;
import org.plumbline.data.world.language.Intent;
import org.plumbline.data.world.language.Pattern;
import org.plumbline.data.world.language.PhraseBook;
import org.plumbline.data.world.language.WorldSplit;
import org.plumbline.stage.RandomStreams;

/**
 * Draws requests. Two things are held out by split: the pattern of the request proper, and the
 * combination of fact, its wording, rule, introduction, order and greeting around it. Which
 * combination belongs to which split is part of the world's version, not of the seed.
 */
final class RequestGenerator {
  private static final long COMBINATIONS = 1; // changes only with the world's version
  private static final double OTHER_FACT = 0.15;
  private static final double GREETING = 0.5;
  private static final double ELIGIBLE = 0.55;
  private static final double ELIGIBLE_HARDER = 0.25;

  private final PhraseBook book = PhraseBook.frontDesk();
  private final long seed;
  private final List<Intent> intents;
  private final double secondGroupShare;
  private final boolean harderSecondGroup;

  /**
   * A generator.
   *
   * @param intents what guests ask for, at least one
   * @param secondGroupShare share of requests from the second group, below one half when it is
   *     under-represented
   * @param harderSecondGroup whether that group more often asks for what the rule forbids
   */
  RequestGenerator(
      long seed, List<Intent> intents, double secondGroupShare, boolean harderSecondGroup) {
    this.seed = seed;
    this.intents = List.copyOf(intents);
    this.secondGroupShare = secondGroupShare;
    this.harderSecondGroup = harderSecondGroup;
  }

  /** One request, from a guest of a drawn group. */
  Request draw(String purpose, WorldSplit split, int index) {
    String key = "%s-%s-%05d".formatted(purpose, split.label(), index);
    UniformRandomProvider random = random(purpose, split, index);
    Group group = random.nextDouble() < secondGroupShare ? Group.BELMI : Group.ARDAN;
    Draft draft = draft(split, group, random);
    return draft.render(key, key, group);
  }

  /** One request, rendered for every group: equal in all but the guest. */
  List<Request> drawForEveryGroup(String purpose, WorldSplit split, int index) {
    String key = "%s-%s-%05d".formatted(purpose, split.label(), index);
    UniformRandomProvider random = random(purpose, split, index);
    Group eligibility = random.nextBoolean() ? Group.BELMI : Group.ARDAN;
    Draft draft = draft(split, eligibility, random);
    return Arrays.stream(Group.values())
        .map(group -> draft.render(key + "-" + group.label(), key, group))
        .toList();
  }

  private UniformRandomProvider random(String purpose, WorldSplit split, int index) {
    return RandomStreams.of(seed, "world.request." + purpose + "." + split.label(), index);
  }

  private Draft draft(WorldSplit split, Group group, UniformRandomProvider random) {
    Facts facts = facts(group, random);
    while (true) {
      Draft draft = new Draft(split, facts, random);
      if (home(draft.combination) == split) {
        return draft;
      }
    }
  }

  private static WorldSplit home(String combination) {
    double place = (RandomStreams.address(COMBINATIONS, combination) >>> 11) * 0x1.0p-53;
    return place < 0.7 ? WorldSplit.TRAIN : place < 0.8 ? WorldSplit.VALIDATION : WorldSplit.TEST;
  }

  private Facts facts(Group group, UniformRandomProvider random) {
    Intent intent = pick(intents, random);
    boolean harder = harderSecondGroup && group == Group.BELMI;
    boolean eligible = random.nextDouble() < (harder ? ELIGIBLE_HARDER : ELIGIBLE);
    while (true) {
      Facts facts =
          new Facts(
              intent,
              group,
              random.nextBoolean(),
              random.nextBoolean(),
              random.nextBoolean(),
              Facts.FIRST_HOUR + random.nextInt(Facts.LAST_HOUR - Facts.FIRST_HOUR + 1));
      if (intent.fact() == FactKind.NONE || facts.eligible() == eligible) {
        return facts;
      }
    }
  }

  private static <T> T pick(List<T> all, UniformRandomProvider random) {
    return all.get(random.nextInt(all.size()));
  }

  /** A request but for the guest's own words about himself. */
  private final class Draft {
    private final Facts facts;
    private final boolean named;
    private final int nameIndex;
    private final Pattern who;
    private final Pattern ask;
    private final List<String> before = new ArrayList<>();
    private final List<String> after = new ArrayList<>();
    private final String asked;
    private final String combination;

    Draft(WorldSplit split, Facts facts, UniformRandomProvider random) {
      this.facts = facts;
      named = random.nextBoolean();
      nameIndex = random.nextInt(book.names(facts.group()).size());
      who = pick(book.introductions(named), random);
      ask = pick(book.asks(facts.intent(), split), random);
      Map<String, String> slots =
          Map.of("hour", Integer.toString(facts.hour()), "other", pick(book.others(), random));
      asked = ask.render(random, slots);
      combination = surround(random, slots);
    }

    private String surround(UniformRandomProvider random, Map<String, String> slots) {
      String greeting =
          random.nextDouble() < GREETING
              ? pick(book.greetings(), random).render(random, slots)
              : "";
      String rule =
          book.rules(facts.intent()).isEmpty()
              ? ""
              : pick(book.rules(facts.intent()), random).render(random, slots);
      String fact = statement(facts.intent().fact(), random, slots);
      String other = "";
      if (random.nextDouble() < OTHER_FACT) {
        FactKind kind = pick(List.of(FactKind.BOOKING, FactKind.SPACE, FactKind.HOUR), random);
        other = kind == facts.intent().fact() ? "" : statement(kind, random, slots);
      }
      boolean ruleFirst = random.nextBoolean();
      before.addAll(ruleFirst ? List.of(greeting, rule) : List.of(greeting));
      after.addAll(ruleFirst ? List.of(other, fact, asked) : List.of(rule, other, fact, asked));
      return String.join(
          "|",
          facts.intent().label(),
          greeting,
          rule,
          who.text(),
          fact,
          Boolean.toString(ruleFirst));
    }

    private String statement(
        FactKind kind, UniformRandomProvider random, Map<String, String> slots) {
      boolean value =
          switch (kind) {
            case BOOKING -> facts.booking();
            case SPACE -> facts.space();
            case DOGS -> facts.dogs();
            default -> true;
          };
      return kind == FactKind.NONE
          ? ""
          : pick(book.statements(kind, value), random).render(random, slots);
    }

    Request render(String id, String pairKey, Group group) {
      String name = book.names(group).get(nameIndex);
      String introduction = who.text().replace("{name}", name).replace("{land}", group.label());
      List<String> parts = new ArrayList<>(before);
      parts.add(introduction);
      parts.addAll(after);
      String text = String.join(" ", parts.stream().filter(part -> !part.isEmpty()).toList());
      return new Request(id, pairKey, facts.withGroup(group), text, ask.text(), combination);
    }
  }
}
