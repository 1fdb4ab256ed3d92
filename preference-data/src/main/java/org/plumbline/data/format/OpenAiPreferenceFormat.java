package org.plumbline.data.format;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Preference;

/**
 * OpenAI's files for preference fine-tuning (platform documentation, "Direct preference
 * optimization"): {@code input.messages}, {@code preferred_output}, {@code non_preferred_output}.
 */
record OpenAiPreferenceFormat() implements Dialect<Preference> {
  private static final Set<String> TAKEN =
      Set.of("id", "input", "preferred_output", "non_preferred_output");

  @Override
  public Optional<String> recognise(Row row) {
    return row.hasAll("input", "preferred_output", "non_preferred_output")
        ? Optional.of("input, preferred_output and non_preferred_output")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    Row input = row.inner("input");
    return new Draft(row, DatasetShape.OPENAI_PREFERENCE, TAKEN)
        .id(row.name("id"))
        .prompt(input.messages("messages"))
        .answer(answer(row, "preferred_output"))
        .answer(answer(row, "non_preferred_output"))
        .judged(Judgement.better(true))
        .extra(input.rest("messages"))
        .done();
  }

  private static Answer answer(Row row, String key) {
    List<Message> turns = row.messages(key);
    if (!turns.get(turns.size() - 1).role().equals(Message.ASSISTANT)) {
      throw row.bad("\"%s\" must end with a turn of assistant".formatted(key));
    }
    return Answer.of(turns);
  }
}
