package org.plumbline.data.world.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.rng.UniformRandomProvider;

/** A hand-written line: {@code (a|b)} is a choice, {@code {slot}} is filled in when rendered. */
public final class Pattern {
  private final String text;
  private final List<List<String>> segments;

  /**
   * Parses a line.
   *
   * @throws IllegalArgumentException when a choice is not closed
   */
  public Pattern(String text) {
    this.text = text;
    this.segments = segments(text);
  }

  private static List<List<String>> segments(String text) {
    List<List<String>> segments = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int open = text.indexOf('(', from);
      if (open < 0) {
        segments.add(List.of(text.substring(from)));
        break;
      }
      int close = text.indexOf(')', open);
      if (close < 0) {
        throw new IllegalArgumentException("pattern \"" + text + "\": '(' is never closed");
      }
      segments.add(List.of(text.substring(from, open)));
      segments.add(List.of(text.substring(open + 1, close).split("\\|", -1)));
      from = close + 1;
    }
    return List.copyOf(segments);
  }

  /** The line as written: the identity of the pattern. */
  public String text() {
    return text;
  }

  /** One choice of words, uniformly drawn, with its slots filled. */
  public String render(UniformRandomProvider random, Map<String, String> slots) {
    StringBuilder out = new StringBuilder();
    for (List<String> choices : segments) {
      out.append(
          choices.size() == 1 ? choices.get(0) : choices.get(random.nextInt(choices.size())));
    }
    return fill(out.toString(), slots);
  }

  /** Every choice of words, slots unfilled. */
  public List<String> expansions() {
    List<String> all = List.of("");
    for (List<String> choices : segments) {
      List<String> longer = new ArrayList<>();
      for (String start : all) {
        choices.forEach(choice -> longer.add(start + choice));
      }
      all = longer;
    }
    return all.stream().map(line -> fill(line, Map.of())).toList();
  }

  private static String fill(String line, Map<String, String> slots) {
    String filled = line;
    for (Map.Entry<String, String> slot : slots.entrySet()) {
      filled = filled.replace("{" + slot.getKey() + "}", slot.getValue());
    }
    return filled.replaceAll(" +", " ").replaceAll(" ([.,?:])", "$1").strip();
  }
}
