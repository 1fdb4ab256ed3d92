package org.plumbline.feedback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.data.Prompt;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.StoppedException;

/**
 * Draws two answers per prompt, chunk by chunk, each chunk kept in a journal: a killed run goes on
 * behind the last whole chunk with the same answers an unbroken run would have drawn.
 */
final class AnswerDraw {
  private static final int CHUNK = 128;

  private final AnswerSamplers samplers;
  private final AiFeedbackConfig config;
  private final RunContext context;

  AnswerDraw(AnswerSamplers samplers, AiFeedbackConfig config, RunContext context) {
    this.samplers = samplers;
    this.config = config;
    this.context = context;
  }

  List<AnswerPair> draw(List<Prompt> prompts, Path file) throws IOException {
    List<String> answers = new ArrayList<>();
    try (Journal journal = Journal.open(file, row -> texts(row).forEach(answers::add));
        Progress progress = context.progress("answers", prompts.size())) {
      if (answers.size() < 2 * prompts.size()) {
        sample(prompts, answers, journal, progress);
      }
      progress.to(prompts.size(), "");
    }
    List<AnswerPair> pairs = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      pairs.add(new AnswerPair(prompts.get(i), answers.get(2 * i), answers.get(2 * i + 1)));
    }
    return pairs;
  }

  private void sample(
      List<Prompt> prompts, List<String> answers, Journal journal, Progress progress)
      throws IOException {
    try (AnswerSampler sampler = samplers.open(config, context)) {
      for (int from = answers.size() / 2; from < prompts.size(); from += CHUNK) {
        if (context.stopRequested()) {
          throw new StoppedException(
              "stopped after the answers to %d of %d prompts, all kept"
                  .formatted(from, prompts.size()));
        }
        progress.to(from, "");
        List<Prompt> chunk = prompts.subList(from, Math.min(from + CHUNK, prompts.size()));
        long seed = RandomStreams.address(context.seed(), "ai-feedback.answers", from);
        List<String> drawn = sampler.sample(chunk, 2, seed);
        if (drawn.size() != 2 * chunk.size()) {
          throw new IllegalStateException(
              "the sampler gave %d answers to %d prompts, 2 each are needed"
                  .formatted(drawn.size(), chunk.size()));
        }
        journal.append(row(from, drawn));
        answers.addAll(drawn);
      }
    }
  }

  private static ObjectNode row(int from, List<String> drawn) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("first_prompt", from);
    ArrayNode texts = row.putArray("answers");
    drawn.forEach(texts::add);
    return row;
  }

  private static List<String> texts(JsonNode row) {
    List<String> texts = new ArrayList<>();
    row.path("answers").forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
