package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.plumbline.data.Answer;
import org.plumbline.data.Message;

/**
 * Which fields of a labelling tool's item are the prompt and which the answers: projects name them
 * as they like, mostly in these ways.
 *
 * @param promptKey the field shown as the question
 * @param answerKeys the fields shown as answers, in their order
 */
record ComparedFields(Row fields, String promptKey, List<String> answerKeys) {
  private static final List<String> PROMPTS =
      List.of(
          "prompt_messages",
          "prompt",
          "instruction",
          "question",
          "query",
          "chat",
          "context",
          "conversation",
          "input",
          "text");
  private static final Pattern ANSWER =
      Pattern.compile(
          "(?:response|answer|completion|generation|output|reply|text|model)[-_ ]?([0-9]+|[a-h])");

  /** Finds them by their names; an error says which names are known. */
  static ComparedFields in(Row fields, int least) {
    String prompt =
        PROMPTS.stream()
            .filter(fields::has)
            .findFirst()
            .orElseThrow(
                () ->
                    fields.bad(
                        "none of the fields %s is a prompt (known: %s); name it by --columns"
                            .formatted(fields.keys(), String.join(", ", PROMPTS))));
    List<String> answers = answers(fields, prompt);
    if (answers.size() < least) {
      throw fields.bad(
          "of the fields %s, %d look like answers and %d are needed (known: chosen and rejected, response_1, answer2, completion-a …, response)"
              .formatted(fields.keys(), answers.size(), least));
    }
    return new ComparedFields(fields, prompt, answers);
  }

  private static List<String> answers(Row fields, String prompt) {
    if (fields.hasAll("chosen", "rejected")) {
      return List.of("chosen", "rejected");
    }
    TreeMap<String, String> numbered = new TreeMap<>();
    for (String name : fields.names()) {
      java.util.regex.Matcher match = ANSWER.matcher(name.toLowerCase(Locale.ROOT));
      if (!name.equals(prompt) && match.matches()) {
        String index = match.group(1);
        numbered.put("0".repeat(Math.max(0, 4 - index.length())) + index, name);
      }
    }
    if (!numbered.isEmpty()) {
      return List.copyOf(numbered.values());
    }
    return java.util.stream.Stream.of("response", "answer", "completion", "output", "generation")
        .filter(fields::has)
        .limit(1)
        .toList();
  }

  /** The prompt as turns; a text is the user's. */
  List<Message> prompt() {
    return fields.isText(promptKey)
        ? List.of(new Message(Message.USER, fields.text(promptKey)))
        : fields.messages(promptKey);
  }

  /** The answers as they were shown. */
  List<Answer> answers() {
    List<Answer> answers = new ArrayList<>();
    for (String key : answerKeys) {
      answers.add(Answer.of(List.of(fields.answerTurn(key))));
    }
    return answers;
  }

  /** Fields that are neither. */
  Set<String> taken() {
    Set<String> taken = new HashSet<>(answerKeys);
    taken.add(promptKey);
    if (promptKey.equals("prompt_messages")) {
      taken.add("prompt");
    }
    return taken;
  }

  /** The place of an answer that is named, be it with other marks or by its number alone. */
  Optional<Integer> indexOf(JsonNode name) {
    String plain = plain(name.asText());
    for (int i = 0; i < answerKeys.size(); i++) {
      String key = plain(answerKeys.get(i));
      if (plain.equals(key) || plain.equals(key.replaceAll("^[a-z]{2,}", ""))) {
        return Optional.of(i);
      }
    }
    return numbered(plain);
  }

  private Optional<Integer> numbered(String plain) {
    String digits = plain.replaceAll("^[a-z]{2,}", "");
    if (digits.matches("[0-9]{1,3}")) {
      int place = Integer.parseInt(digits) - 1;
      return place >= 0 && place < answerKeys.size() ? Optional.of(place) : Optional.empty();
    }
    return Optional.empty();
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }
}
