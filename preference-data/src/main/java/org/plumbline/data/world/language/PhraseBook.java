package org.plumbline.data.world.language;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** All patterns of the front desk, read from its resource file. */
public final class PhraseBook {
  private static final PhraseBook FRONT_DESK = load("front-desk.txt");

  private final Map<String, List<Pattern>> sections;
  private final List<Clause> clauses;

  private PhraseBook(Map<String, List<Pattern>> sections, List<Clause> clauses) {
    this.sections = sections;
    this.clauses = List.copyOf(clauses);
  }

  /** The front desk's phrases. */
  public static PhraseBook frontDesk() {
    return FRONT_DESK;
  }

  /** Ways to ask for something; a pattern belongs to one split only. */
  public List<Pattern> asks(Intent intent, WorldSplit split) {
    return section("ask " + intent.label() + " " + split.label());
  }

  /** Ways to state a fact: yes or no for all but the hour. */
  public List<Pattern> statements(FactKind kind, boolean value) {
    return section(
        "fact " + kind.label() + (kind == FactKind.HOUR ? " any" : value ? " yes" : " no"));
  }

  /** Ways to state the house rule; empty where the fact is the rule. */
  public List<Pattern> rules(Intent intent) {
    return sections.getOrDefault("rule " + intent.label(), List.of());
  }

  /** Ways in which a guest says who he is, by name or by land. */
  public List<Pattern> introductions(boolean named) {
    return section(named ? "who named" : "who stated");
  }

  /** Greetings that may open a request. */
  public List<Pattern> greetings() {
    return section("greeting");
  }

  /** First names of a group's guests; the lists of all groups are equally long. */
  public List<String> names(Group group) {
    return section("names " + group.label()).stream().map(Pattern::text).toList();
  }

  /** Surnames of guests whose data others ask for. */
  public List<String> others() {
    return section("others").stream().map(Pattern::text).toList();
  }

  /** Everything a reply can say. */
  public List<Clause> clauses() {
    return clauses;
  }

  /** Clauses of a kind that fit an intent. */
  public List<Clause> clauses(ClauseKind kind, Intent intent) {
    return clauses.stream().filter(c -> c.kind() == kind && c.scope().contains(intent)).toList();
  }

  /** Number of patterns, over prompts and replies. */
  public int size() {
    return clauses.size() + sections.values().stream().mapToInt(List::size).sum();
  }

  /** All distinct words, slots filled. */
  public Set<String> vocabulary() {
    Set<String> words = new TreeSet<>();
    sections.values().forEach(all -> all.forEach(pattern -> add(words, pattern)));
    clauses.forEach(clause -> add(words, clause.pattern()));
    Arrays.stream(Group.values()).forEach(group -> words.add(group.label()));
    for (int hour = Facts.FIRST_HOUR; hour <= Facts.LAST_HOUR; hour++) {
      words.add(Integer.toString(hour));
    }
    return words;
  }

  private static void add(Set<String> words, Pattern pattern) {
    pattern
        .expansions()
        .forEach(line -> words.addAll(Words.of(line.replaceAll("[{][a-z]+}", " "))));
  }

  private List<Pattern> section(String header) {
    List<Pattern> found = sections.get(header);
    if (found == null) {
      throw new IllegalStateException("phrase book lacks the section [" + header + "]");
    }
    return found;
  }

  private static PhraseBook load(String resource) {
    Map<String, List<Pattern>> sections = new LinkedHashMap<>();
    List<Clause> clauses = new ArrayList<>();
    String header = "";
    for (String line : lines(resource)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("[")) {
        header = line.substring(1, line.length() - 1);
      } else if (header.startsWith("clause ")) {
        clauses.add(clause(header.split(" "), new Pattern(line)));
      } else {
        sections.computeIfAbsent(header, h -> new ArrayList<>()).add(new Pattern(line));
      }
    }
    return new PhraseBook(sections, clauses);
  }

  private static Clause clause(String[] header, Pattern pattern) {
    Set<Intent> scope =
        header[2].equals("all")
            ? EnumSet.allOf(Intent.class)
            : Arrays.stream(header[2].split(",")).map(Intent::of).collect(Collectors.toSet());
    return new Clause(ClauseKind.of(header[1]), scope, Condition.of(header[3]), pattern);
  }

  private static List<String> lines(String resource) {
    try (InputStream in = PhraseBook.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
