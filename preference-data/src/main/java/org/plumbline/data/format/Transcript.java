package org.plumbline.data.format;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.data.Message;

/** Anthropic's HH-RLHF texts: turns that start with two line breaks and the speaker's name. */
final class Transcript {
  private static final Pattern SPEAKER = Pattern.compile("\n\n(Human|Assistant):");

  private Transcript() {}

  static boolean looksLikeOne(String text) {
    return text.startsWith("\n\nHuman:");
  }

  /** The turns, white space around their content removed. */
  static List<Message> turns(Row row, String key) {
    String text = row.text(key);
    Matcher speaker = SPEAKER.matcher(text);
    List<Message> turns = new ArrayList<>();
    String role = "";
    int from = 0;
    while (speaker.find()) {
      add(row, key, turns, role, text.substring(from, speaker.start()));
      role = speaker.group(1).equals("Human") ? Message.USER : Message.ASSISTANT;
      from = speaker.end();
    }
    add(row, key, turns, role, text.substring(from));
    return turns;
  }

  private static void add(Row row, String key, List<Message> turns, String role, String content) {
    if (!role.isEmpty()) {
      turns.add(new Message(role, content.strip()));
    } else if (!content.isBlank()) {
      throw row.bad(
          "\"%s\" starts with \"%s\"; an HH-RLHF text starts with a blank line and \"Human:\""
              .formatted(
                  key, content.strip().substring(0, Math.min(30, content.strip().length()))));
    }
  }
}
