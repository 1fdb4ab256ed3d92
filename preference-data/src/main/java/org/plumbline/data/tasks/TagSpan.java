package org.plumbline.data.tasks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run of words of one type.
 *
 * @param start first word
 * @param end one past the last word
 */
public record TagSpan(String type, int start, int end) {
  private static final String OUTSIDE = "O";

  /**
   * The spans of a row of tags, read as conlleval and seqeval's default mode do: an {@code I-x}
   * that follows no span of type x begins one.
   */
  public static List<TagSpan> of(List<String> tags) {
    List<TagSpan> spans = new ArrayList<>();
    String open = "";
    int start = 0;
    for (int i = 0; i <= tags.size(); i++) {
      String tag = i < tags.size() ? tags.get(i) : OUTSIDE;
      boolean goesOn = !open.isEmpty() && tag.equals("I-" + open);
      if (!goesOn) {
        if (!open.isEmpty()) {
          spans.add(new TagSpan(open, start, i));
        }
        open = tag.equals(OUTSIDE) ? "" : tag.substring(2);
        start = i;
      }
    }
    return spans;
  }

  /** True for O, B-TYPE and I-TYPE. */
  public static boolean isTag(String tag) {
    return tag.matches("O|[BI]-.+");
  }

  /** What is wrong with a row of tags as IOB2, if anything is. */
  public static Optional<String> fault(List<String> tags) {
    String before = OUTSIDE;
    for (int i = 0; i < tags.size(); i++) {
      String tag = tags.get(i);
      if (!isTag(tag)) {
        return Optional.of(
            "tags[%d] is \"%s\"; IOB2 knows O, B-TYPE and I-TYPE only".formatted(i, tag));
      }
      if (tag.startsWith("I-")
          && (before.equals(OUTSIDE) || !before.substring(2).equals(tag.substring(2)))) {
        return Optional.of(
            "tags[%d] is %s after %s; in IOB2 a span begins with B-%s. IOB1 data?"
                .formatted(i, tag, i == 0 ? "nothing" : before, tag.substring(2)));
      }
      before = tag;
    }
    return Optional.empty();
  }
}
