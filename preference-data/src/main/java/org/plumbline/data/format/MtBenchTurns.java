package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Message;

/** Two conversations that begin with one question: the question, and what each made of it. */
record MtBenchTurns(List<Message> prompt, Answer first, Answer second) {
  /**
   * Takes two conversations apart.
   *
   * @param firstTurn whether only the first answers were judged; what follows is kept beside them
   */
  static MtBenchTurns of(Row row, List<Message> first, List<Message> second, boolean firstTurn) {
    if (first.equals(second)) {
      int question = first.size() - 1;
      return new MtBenchTurns(
          first.subList(0, question),
          answer(row, "conversation_a", first, question, firstTurn),
          answer(row, "conversation_b", second, question, firstTurn));
    }
    int common = TurnPair.of(first, second).common();
    return new MtBenchTurns(
        first.subList(0, common),
        answer(row, "conversation_a", first, common, firstTurn),
        answer(row, "conversation_b", second, common, firstTurn));
  }

  private static Answer answer(
      Row row, String key, List<Message> turns, int from, boolean firstTurn) {
    int end = firstTurn ? Math.min(from + 1, turns.size()) : turns.size();
    List<Message> judged = turns.subList(Math.min(from, end), end);
    if (judged.isEmpty() || !judged.get(judged.size() - 1).role().equals(Message.ASSISTANT)) {
      throw row.bad(
          "\"%s\" has no answer of the assistant behind the %d common turns".formatted(key, from));
    }
    Answer answer = Answer.of(judged);
    JsonNode later = DatasetWriter.turns(turns.subList(end, turns.size()));
    return later.isEmpty() ? answer : answer.with(Map.of("later_turns", later));
  }
}
