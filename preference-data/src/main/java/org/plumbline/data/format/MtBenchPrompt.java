package org.plumbline.data.format;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.data.Answer;
import org.plumbline.data.Message;

/**
 * The question and the answers within the text that a judge of MT-Bench was given (lm-sys/FastChat,
 * fastchat/llm_judge/data/judge_prompts.jsonl: pair-v2, single-v1, their math and multi-turn
 * forms).
 */
record MtBenchPrompt(List<Message> prompt, List<Answer> answers) {
  private static final Pattern TURN = Pattern.compile("### (User|Assistant(?: [AB])?):\n");

  static MtBenchPrompt pair(Row row, String key) {
    String text = row.text(key);
    if (text.contains("Conversation with User|>")) {
      List<Message> first = conversation(row, key, text, "A");
      MtBenchTurns turns = MtBenchTurns.of(row, first, conversation(row, key, text, "B"), false);
      return new MtBenchPrompt(turns.prompt(), List.of(turns.first(), turns.second()));
    }
    return new MtBenchPrompt(
        question(row, key, text, "[User Question]\n"),
        List.of(answer(row, key, text, "Assistant A"), answer(row, key, text, "Assistant B")));
  }

  static MtBenchPrompt single(Row row, String key) {
    String text = row.text(key);
    if (text.contains("Conversation with User|>")) {
      List<Message> turns = conversation(row, key, text, "A");
      return new MtBenchPrompt(
          turns.subList(0, turns.size() - 1),
          List.of(Answer.of(turns.subList(turns.size() - 1, turns.size()))));
    }
    return new MtBenchPrompt(
        question(row, key, text, "[Question]\n"), List.of(answer(row, key, text, "Assistant")));
  }

  private static List<Message> question(Row row, String key, String text, String mark) {
    return List.of(new Message(Message.USER, between(row, key, text, mark, "\n\n[The Start of ")));
  }

  private static Answer answer(Row row, String key, String text, String who) {
    return Answer.of(
        between(
            row,
            key,
            text,
            "[The Start of %s's Answer]\n".formatted(who),
            "\n[The End of %s's Answer]".formatted(who)));
  }

  private static List<Message> conversation(Row row, String key, String text, String which) {
    String body =
        between(
            row,
            key,
            text,
            "<|The Start of Assistant %s's Conversation with User|>\n\n".formatted(which),
            "\n\n<|The End of Assistant %s's Conversation with User|>".formatted(which));
    List<Message> turns = new ArrayList<>();
    Matcher turn = TURN.matcher(body);
    int from = -1;
    String role = "";
    while (turn.find()) {
      if (from >= 0) {
        turns.add(new Message(role, body.substring(from, turn.start()).stripTrailing()));
      }
      role = turn.group(1).equals("User") ? Message.USER : Message.ASSISTANT;
      from = turn.end();
    }
    if (from < 0 || !role.equals(Message.ASSISTANT)) {
      throw row.bad("\"%s\" holds no conversation that ends with the assistant".formatted(key));
    }
    turns.add(new Message(role, body.substring(from).stripTrailing()));
    return turns;
  }

  private static String between(Row row, String key, String text, String start, String end) {
    int from = text.indexOf(start);
    int to = from < 0 ? -1 : text.indexOf(end, from + start.length());
    if (to < 0) {
      throw row.bad(
          "\"%s\" lacks \"%s\" … \"%s\"; needed: a prompt of FastChat's judges"
              .formatted(key, start.strip(), end.strip()));
    }
    return text.substring(from + start.length(), to);
  }
}
