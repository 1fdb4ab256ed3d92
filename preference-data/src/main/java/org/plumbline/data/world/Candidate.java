package org.plumbline.data.world;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.Prompt;
import org.plumbline.data.format.PromptReader;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.UserException;

/** Two replies to one prompt, not yet compared: a row {"id", "prompt", "answer_a", "answer_b"}. */
record Candidate(Prompt prompt, String answerA, String answerB) {
  static void write(Path file, List<Candidate> candidates) throws IOException {
    JsonLines.write(
        file,
        sink -> {
          for (Candidate candidate : candidates) {
            ObjectNode row = DatasetWriter.toJson(candidate.prompt());
            row.put("answer_a", candidate.answerA());
            row.put("answer_b", candidate.answerB());
            sink.write(row);
          }
        });
  }

  static List<Candidate> read(Path file) throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    for (Prompt prompt : PromptReader.read(file).rows()) {
      candidates.add(
          new Candidate(
              prompt, answer(file, prompt, "answer_a"), answer(file, prompt, "answer_b")));
    }
    return candidates;
  }

  private static String answer(Path file, Prompt prompt, String key) {
    var answer = prompt.meta().get(key);
    if (answer == null || !answer.isTextual()) {
      throw new UserException(
          "%s: candidate \"%s\" has no text \"%s\"; was the file changed after the sample world was made?"
              .formatted(file, prompt.id(), key));
    }
    return answer.textValue();
  }
}
