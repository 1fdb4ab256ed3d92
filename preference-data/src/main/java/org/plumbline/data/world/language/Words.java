package org.plumbline.data.world.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words of a text: runs of letters, digits and apostrophes, in lower case. */
public final class Words {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}']+");

  private Words() {}

  /** The words in their order; punctuation separates and is dropped. */
  public static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  /** Marks of punctuation, each of which costs a small vocabulary about one token. */
  public static int punctuation(String text) {
    return (int) text.chars().filter(c -> c == '.' || c == ',' || c == '?' || c == ':').count();
  }
}
