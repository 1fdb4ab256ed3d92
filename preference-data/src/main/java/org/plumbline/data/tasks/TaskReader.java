package org.plumbline.data.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;

/**
 * Reads rows of supervised tasks from .jsonl files. Each method throws {@link
 * org.plumbline.stage.UserException} with file and line at the first malformed row.
 */
public final class TaskReader {
  private TaskReader() {}

  /** Rows {@code {"text","label"}}, with {@code "text_pair"} where two texts are compared. */
  public static List<LabelledText> texts(Path file) throws IOException {
    return read(
        file,
        row -> {
          Optional<String> pair = row.optionalText("text_pair");
          return new LabelledText(id(row), filled(row, "text"), pair, label(row));
        });
  }

  /** Rows {@code {"tokens":[words],"tags":[IOB2]}}. */
  public static List<TaggedWords> words(Path file) throws IOException {
    return read(
        file,
        row -> {
          List<String> words = strings(row, row.object().path("tokens"), "tokens");
          List<String> tags = strings(row, row.object().path("tags"), "tags");
          if (words.size() != tags.size()) {
            throw row.error(
                "%d tokens but %d tags; one tag per token is needed"
                    .formatted(words.size(), tags.size()));
          }
          if (words.isEmpty() || words.stream().anyMatch(String::isBlank)) {
            throw row.error("\"tokens\" holds no words, or a blank one");
          }
          TagSpan.fault(tags)
              .ifPresent(
                  fault -> {
                    throw row.error(fault);
                  });
          return new TaggedWords(id(row), words, tags);
        });
  }

  /**
   * Rows {@code {"question","context","answers":{"text":[…],"answer_start":[…]}}}; starts count
   * code points, as Python does.
   */
  public static List<AnsweredQuestion> questions(Path file) throws IOException {
    return read(
        file,
        row -> {
          String context = filled(row, "context");
          return new AnsweredQuestion(
              id(row), filled(row, "question"), context, answers(row, context));
        });
  }

  private static List<AnsweredQuestion.Answer> answers(JsonRow row, String context) {
    JsonNode answers = row.object().path("answers");
    List<String> texts = strings(row, answers.path("text"), "answers.text");
    JsonNode starts = answers.path("answer_start");
    if (!starts.isArray() || starts.size() != texts.size()) {
      throw row.error(
          "\"answers.answer_start\" is %s; a list of %d whole numbers is needed"
              .formatted(kind(starts), texts.size()));
    }
    int length = context.codePointCount(0, context.length());
    List<AnsweredQuestion.Answer> found = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      if (!starts.get(i).isInt() || texts.get(i).isEmpty()) {
        throw row.error("answers[%d] needs a text and a whole number as its start".formatted(i));
      }
      AnsweredQuestion.Answer answer =
          new AnsweredQuestion.Answer(texts.get(i), starts.get(i).intValue());
      if (answer.start() < 0
          || answer.end() > length
          || !piece(context, answer.start(), answer.end()).equals(answer.text())) {
        throw row.error(
            "answers[%d] \"%s\" does not stand at character %d of the context. Starts in bytes?"
                .formatted(i, answer.text(), answer.start()));
      }
      found.add(answer);
    }
    return found;
  }

  private static String piece(String text, int from, int to) {
    int begin = text.offsetByCodePoints(0, from);
    return text.substring(begin, text.offsetByCodePoints(begin, to - from));
  }

  private static <T> List<T> read(Path file, Function<JsonRow, T> parse) throws IOException {
    List<T> rows = new ArrayList<>();
    JsonLines.forEach(file, row -> rows.add(parse.apply(row)));
    return rows;
  }

  private static String id(JsonRow row) {
    JsonNode id = row.object().path("id");
    return id.isTextual() || id.isIntegralNumber()
        ? id.asText()
        : row.file().getFileName() + ":" + row.line();
  }

  private static String filled(JsonRow row, String key) {
    String text = row.text(key);
    if (text.isBlank()) {
      throw row.error("\"%s\" is blank".formatted(key));
    }
    return text;
  }

  /** A text; a whole number or a truth value is taken as its text. */
  private static String label(JsonRow row) {
    JsonNode label = row.object().path("label");
    return label.isIntegralNumber() || label.isBoolean() ? label.asText() : filled(row, "label");
  }

  private static List<String> strings(JsonRow row, JsonNode list, String key) {
    if (!list.isArray()) {
      throw row.error("\"%s\" is %s; a list of texts is needed".formatted(key, kind(list)));
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : list) {
      if (!item.isTextual()) {
        throw row.error("%s[%d] is %s; a text is needed".formatted(key, texts.size(), kind(item)));
      }
      texts.add(item.textValue());
    }
    return texts;
  }

  private static String kind(JsonNode node) {
    return node.isMissingNode()
        ? "missing"
        : "a JSON " + node.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
