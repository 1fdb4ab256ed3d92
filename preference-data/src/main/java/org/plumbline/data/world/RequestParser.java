package org.plumbline.data.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.plumbline.data.world.language.FactKind;
import org.plumbline.data.world.language.Intent;
import org.plumbline.data.world.language.PhraseBook;
import org.plumbline.data.world.language.WorldSplit;

/**
 * Takes a request apart into the phrases it was composed of. It reads the words alone: what it
 * finds is what the guest said, not what is true.
 */
final class RequestParser {
  /** What a phrase of a request does. */
  enum Kind {
    GREETING,
    RULE,
    INTRODUCTION,
    FACT,
    ASK
  }

  /**
   * One phrase.
   *
   * @param about label of the intent asked for, or of the fact stated; else empty
   * @param start its first character in the request
   * @param slots first character and text by slot name
   */
  record Part(Kind kind, String about, int start, String text, Map<String, Slot> slots) {
    int end() {
      return start + text.length();
    }
  }

  /** A slot's filling and where it stands in the request. */
  record Slot(int start, String text) {}

  private record Phrase(Kind kind, String about, Pattern pattern, List<String> slots) {}

  private static final Pattern SLOT = Pattern.compile("[{]([a-z]+)[}]");
  private static final RequestParser FRONT_DESK = new RequestParser(PhraseBook.frontDesk());

  private final List<Phrase> phrases = new ArrayList<>();

  private RequestParser(PhraseBook book) {
    add(Kind.GREETING, "", book.greetings());
    for (boolean value : new boolean[] {true, false}) {
      add(Kind.INTRODUCTION, "", book.introductions(value));
    }
    for (FactKind fact : FactKind.values()) {
      if (fact != FactKind.NONE) {
        Stream.of(true, false)
            .flatMap(value -> book.statements(fact, value).stream())
            .distinct()
            .forEach(pattern -> add(Kind.FACT, fact.name(), List.of(pattern)));
      }
    }
    for (Intent intent : Intent.values()) {
      add(Kind.RULE, "", book.rules(intent));
      Arrays.stream(WorldSplit.values())
          .forEach(split -> add(Kind.ASK, intent.label(), book.asks(intent, split)));
    }
  }

  /** The parser of the front desk's requests. */
  static RequestParser frontDesk() {
    return FRONT_DESK;
  }

  private void add(
      Kind kind, String about, List<org.plumbline.data.world.language.Pattern> patterns) {
    for (org.plumbline.data.world.language.Pattern pattern : patterns) {
      pattern.expansions().forEach(line -> phrases.add(phrase(kind, about, line)));
    }
  }

  private static Phrase phrase(Kind kind, String about, String line) {
    StringBuilder regex = new StringBuilder();
    List<String> slots = new ArrayList<>();
    Matcher matcher = SLOT.matcher(line);
    int from = 0;
    while (matcher.find()) {
      regex.append(Pattern.quote(line.substring(from, matcher.start())));
      regex.append("(?<").append(matcher.group(1)).append(">[\\p{L}\\p{N}']+)");
      slots.add(matcher.group(1));
      from = matcher.end();
    }
    regex.append(Pattern.quote(line.substring(from)));
    return new Phrase(kind, about, Pattern.compile(regex.toString()), slots);
  }

  /**
   * The phrases in their order, the longest that fits at each place; empty if some words fit none.
   */
  Optional<List<Part>> parse(String request) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < request.length()) {
      Optional<Part> next = longest(request, at);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      parts.add(next.get());
      at = next.get().end() + 1;
    }
    return Optional.of(parts);
  }

  private Optional<Part> longest(String request, int at) {
    Optional<Part> best = Optional.empty();
    for (Phrase phrase : phrases) {
      Matcher matcher = phrase.pattern().matcher(request).region(at, request.length());
      boolean whole =
          matcher.lookingAt()
              && (matcher.end() == request.length() || request.charAt(matcher.end()) == ' ');
      if (whole && best.map(part -> part.end() < matcher.end()).orElse(true)) {
        best = Optional.of(part(phrase, matcher));
      }
    }
    return best;
  }

  private static Part part(Phrase phrase, Matcher matcher) {
    Map<String, Slot> slots = new LinkedHashMap<>();
    for (String name : phrase.slots()) {
      slots.put(name, new Slot(matcher.start(name), matcher.group(name)));
    }
    return new Part(phrase.kind(), phrase.about(), matcher.start(), matcher.group(), slots);
  }
}
