package org.plumbline.data.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Message;

/**
 * Stanford Alpaca's {@code instruction}, {@code input}, {@code output} (tatsu-lab/stanford_alpaca,
 * alpaca_data.json), with LLaMA-Factory's {@code system} and {@code history}; and the seed tasks of
 * self-instruct, {@code instruction} with {@code instances} (yizhongw/self-instruct,
 * data/seed_tasks.jsonl). The question is the instruction and, two line breaks below it, the input.
 */
record AlpacaFormat() implements Dialect<Demonstration> {
  private static final Set<String> KNOWN =
      Set.of("id", "instruction", "input", "output", "system", "history");
  private static final Set<String> SEED = Set.of("id", "instruction", "instances");

  @Override
  public Optional<String> recognise(Row row) {
    if (row.hasAll("instruction", "instances")) {
      return Optional.of("instruction and instances: a seed task of self-instruct");
    }
    return row.hasAll("instruction", "output")
        ? Optional.of("instruction and output: Alpaca")
        : Optional.empty();
  }

  @Override
  public Parsed<Demonstration> read(Row row) {
    if (!row.has("instances")) {
      List<Message> prompt = new ArrayList<>();
      if (!row.textOr("system", "").isEmpty()) {
        prompt.add(new Message("system", row.text("system")));
      }
      addHistory(prompt, row);
      prompt.add(question(row.text("instruction"), row.textOr("input", "")));
      return answer(row, row, prompt, KNOWN);
    }
    List<Parsed<Demonstration>> parts = new ArrayList<>();
    for (Row instance : row.objects("instances")) {
      List<Message> prompt =
          List.of(question(row.text("instruction"), instance.textOr("input", "")));
      parts.add(answer(row, instance, prompt, SEED));
    }
    return Parsed.all(DatasetShape.ALPACA, parts);
  }

  private static Parsed<Demonstration> answer(
      Row row, Row answered, List<Message> prompt, Set<String> known) {
    Message answer = new Message(Message.ASSISTANT, answered.text("output"));
    return MessagesFormat.demonstration(row, DatasetShape.ALPACA, prompt, answer, known);
  }

  private static Message question(String instruction, String input) {
    return new Message(Message.USER, input.isBlank() ? instruction : instruction + "\n\n" + input);
  }

  private static void addHistory(List<Message> prompt, Row row) {
    for (com.fasterxml.jackson.databind.JsonNode turn : row.json().path("history")) {
      if (turn.size() != 2 || !turn.path(0).isTextual() || !turn.path(1).isTextual()) {
        throw row.bad(
            "\"history\" holds %s; needed: lists of a question and its answer"
                .formatted(Row.shown(turn)));
      }
      prompt.add(new Message(Message.USER, turn.get(0).textValue()));
      prompt.add(new Message(Message.ASSISTANT, turn.get(1).textValue()));
    }
  }
}
