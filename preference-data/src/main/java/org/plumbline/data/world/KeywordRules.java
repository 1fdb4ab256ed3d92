package org.plumbline.data.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.plumbline.data.world.language.Group;
import org.plumbline.data.world.language.PhraseBook;
import org.plumbline.data.world.language.Words;

/**
 * What word lists alone make of the tasks of {@link WorldTasks}: the line that a trained model is
 * read against.
 */
public final class KeywordRules {
  private static final Map<String, Set<String>> INTENTS = intents();

  private KeywordRules() {}

  private static Map<String, Set<String>> intents() {
    Map<String, Set<String>> words = new LinkedHashMap<>();
    words.put("key", Set.of("key", "keys"));
    words.put("parking", Set.of("car", "cars"));
    words.put("pool", Set.of("pool"));
    words.put("breakfast", Set.of("breakfast"));
    words.put("dog", Set.of("dog", "dogs"));
    words.put("help", Set.of("help"));
    words.put("danger", Set.of("safe"));
    words.put("privacy", Set.of("mr"));
    return words;
  }

  /** The intent whose own word stands in the request most often; of equals the first. */
  public static String intent(String request) {
    List<String> words = Words.of(request);
    String best = "";
    long most = -1;
    for (Map.Entry<String, Set<String>> intent : INTENTS.entrySet()) {
      long hits = words.stream().filter(intent.getValue()::contains).count();
      if (hits > most) {
        most = hits;
        best = intent.getKey();
      }
    }
    return best;
  }

  /** Names, lands and titles by list; every number is a time. */
  public static List<String> tags(List<String> words) {
    Set<String> guests = new HashSet<>();
    Set<String> lands = new HashSet<>();
    for (Group group : Group.values()) {
      guests.addAll(PhraseBook.frontDesk().names(group));
      lands.add(group.label());
    }
    List<String> tags = new ArrayList<>();
    String before = "";
    for (String word : words) {
      if (before.equals("mr")) {
        tags.add("I-person");
      } else if (word.equals("mr")) {
        tags.add("B-person");
      } else if (word.matches("[0-9]+")) {
        tags.add("B-time");
      } else if (guests.contains(word)) {
        tags.add("B-guest");
      } else {
        tags.add(lands.contains(word) ? "B-land" : "O");
      }
      before = word;
    }
    return tags;
  }

  /** The sentence that shares most words with the question; of equals the first. */
  public static String answer(String question, String context) {
    Set<String> asked = new HashSet<>(Words.of(question));
    String best = "";
    long most = -1;
    for (String sentence : Arrays.asList(context.split("(?<=[.?]) "))) {
      long shared = Words.of(sentence).stream().distinct().filter(asked::contains).count();
      if (shared > most) {
        most = shared;
        best = sentence;
      }
    }
    return best;
  }
}
