package org.plumbline.evaluation.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.plumbline.data.Prompt;
import org.plumbline.data.format.PromptReader;
import org.plumbline.evaluation.Reply;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.UserException;
import org.plumbline.stage.statistics.Interval;

/**
 * Whether a model calls the right tool with the right arguments. A call of another tool has no
 * right arguments; a reply without a readable call has nothing right.
 */
final class ToolCallSuite implements Suite {
  @Override
  public String name() {
    return "tool-calls";
  }

  @Override
  public String description() {
    return "calls of tools; rows {\"messages\",\"tools\"?,\"expected\":{\"name\",\"arguments\"}}";
  }

  @Override
  public void requireFits(SuiteModel model) {
    if (model.isRewardModel()) {
      throw new UserException(
          "tool-calls: the model is a reward model, which writes no replies; needed: a language model");
    }
  }

  @Override
  public Measuring open(Path data) throws IOException {
    List<ToolCall> expected = new ArrayList<>();
    JsonLines.forEach(
        data,
        row ->
            expected.add(
                ToolCall.of(row.object().path("expected"))
                    .orElseThrow(
                        () ->
                            row.error(
                                "\"expected\" needs a text \"name\" and an object \"arguments\""))));
    if (expected.isEmpty()) {
      throw new UserException(data + " holds no rows; at least one request is needed");
    }
    List<Prompt> prompts = PromptReader.read(data).rows();
    return (model, options) -> measure(prompts, expected, model, options);
  }

  /** What a reply called, and what it should have called. */
  private record Answer(Prompt prompt, String reply, Optional<ToolCall> made, ToolCall expected) {
    /** A call of a tool that there is; any will do where the row names none. */
    boolean valid() {
      JsonNode tools = prompt.meta().get("tools");
      Set<String> known = new HashSet<>();
      if (tools != null) {
        tools.forEach(
            tool ->
                known.add(tool.path("function").path("name").asText(tool.path("name").asText())));
      }
      return made.map(call -> known.isEmpty() || known.contains(call.name())).orElse(false);
    }

    boolean named() {
      return made.map(call -> call.name().equals(expected.name())).orElse(false);
    }

    boolean exact() {
      return named() && made.orElseThrow().sameArguments(expected);
    }

    double f1() {
      return named() ? made.orElseThrow().argumentF1(expected) : 0;
    }

    ObjectNode json() {
      ObjectNode row = JsonNodeFactory.instance.objectNode();
      row.put("id", prompt.id()).put("reply", reply);
      made.ifPresent(
          call ->
              row.putObject("called").put("name", call.name()).set("arguments", call.arguments()));
      row.putObject("expected").put("name", expected.name()).set("arguments", expected.arguments());
      return row.put("valid", valid())
          .put("name_right", named())
          .put("arguments_right", exact())
          .put("argument_f1", f1());
    }
  }

  private static SuiteResult measure(
      List<Prompt> prompts, List<ToolCall> expected, SuiteModel model, SuiteOptions options) {
    List<Reply> replies = model.generate(prompts, options);
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      int row = i / options.samples();
      String text = replies.get(i).text();
      answers.add(new Answer(prompts.get(row), text, ToolCall.parse(text), expected.get(row)));
    }
    Map<String, Interval> figures = new LinkedHashMap<>();
    figures.put("valid_call_rate", mean(answers, options, answer -> answer.valid() ? 1 : 0));
    figures.put("name_accuracy", mean(answers, options, answer -> answer.named() ? 1 : 0));
    figures.put("argument_exact_match", mean(answers, options, answer -> answer.exact() ? 1 : 0));
    figures.put("argument_f1", mean(answers, options, Answer::f1));
    return new SuiteResult(figures, "rows", answers.stream().map(Answer::json).toList());
  }

  /** Over all replies; those to one row are drawn together. */
  private static Interval mean(
      List<Answer> answers, SuiteOptions options, ToDoubleFunction<Answer> value) {
    double[][] byRow = new double[answers.size() / options.samples()][options.samples()];
    for (int i = 0; i < answers.size(); i++) {
      byRow[i / options.samples()][i % options.samples()] = value.applyAsDouble(answers.get(i));
    }
    return options.bootstrap().clustered(byRow);
  }
}
