package org.plumbline.feedback;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.plumbline.data.DataSplit;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.PromptSplitter;
import org.plumbline.data.SplitFractions;
import org.plumbline.data.format.PromptReader;
import org.plumbline.data.preferences.PreferencesFiles;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;

/**
 * The AI route to preference pairs: two answers of the policy to each prompt, compared by a judge.
 * Writes {@code pairs.train.jsonl}, {@code pairs.validation.jsonl} and, for every pair asked,
 * {@code verdicts.jsonl}. Ties and missing verdicts are counted and kept there, not turned into
 * pairs.
 */
public final class AiFeedbackStage implements Stage<AiFeedbackConfig> {
  private final AnswerSamplers samplers;
  private final LongFunction<SampleJudge> sampleWorld;

  /**
   * The stage.
   *
   * @param samplers opens the policy
   */
  public AiFeedbackStage(AnswerSamplers samplers) {
    this(samplers, SampleJudge::of);
  }

  /** The stage with another judge behind {@code judge.url: sample-world}, made from the seed. */
  AiFeedbackStage(AnswerSamplers samplers, LongFunction<SampleJudge> sampleWorld) {
    this.samplers = samplers;
    this.sampleWorld = sampleWorld;
  }

  @Override
  public String kind() {
    return "ai-feedback";
  }

  @Override
  public Class<AiFeedbackConfig> configType() {
    return AiFeedbackConfig.class;
  }

  @Override
  public List<StageInput> inputs(AiFeedbackConfig config) {
    return List.of(
        new StageInput("policy", config.policy()), new StageInput("prompts", config.prompts()));
  }

  @Override
  public void validate(AiFeedbackConfig config, ValidationContext context) {
    context.readAhead(config.prompts(), source -> prompts(source, config));
  }

  @Override
  public Map<String, Object> run(AiFeedbackConfig config, RunContext context) throws IOException {
    Path kept = context.directory().resolve("checkpoints");
    List<Prompt> prompts = prompts(context.resolve(config.prompts()), config);
    List<AnswerPair> drawn =
        new AnswerDraw(samplers, config, context).draw(prompts, kept.resolve("answers.jsonl"));
    List<AnswerPair> pairs = drawn.stream().filter(pair -> !pair.identical()).toList();
    List<Verdict> verdicts = judge(config.judge(), pairs, kept.resolve("judge.jsonl"), context);
    AiFeedbackMetrics metrics = AiFeedbackMetrics.of(drawn.size(), pairs, verdicts);
    refuseEmpty(metrics, verdicts);
    write(config, context, pairs, verdicts);
    if (metrics.none() > 0) {
      context.warn(
          "%d of %d pairs got no verdict; they are left out. Likely cause: the judge's replies are"
                  .formatted(metrics.none(), metrics.asked())
              + " not the JSON asked for. Next step: read them in verdicts.jsonl.");
    }
    return metrics.summary();
  }

  private static List<Prompt> prompts(Path source, AiFeedbackConfig config) throws IOException {
    Path file = Files.isDirectory(source) ? source.resolve(PreferencesFiles.TRAIN_PROMPTS) : source;
    List<Prompt> prompts = PromptReader.read(file).rows();
    if (prompts.isEmpty()) {
      throw new UserException(file + " holds no prompts; at least one is needed");
    }
    return prompts.subList(0, Math.min(prompts.size(), config.maxPrompts().orElse(prompts.size())));
  }

  private List<Verdict> judge(
      JudgeConfig config, List<AnswerPair> pairs, Path cache, RunContext context) {
    List<JudgeQuestion> questions = pairs.stream().map(AnswerPair::question).toList();
    try (JudgeSession session =
            JudgeSession.open(config, cache, sampleWorld.apply(context.seed()));
        Progress progress = context.progress("verdicts", questions.size())) {
      List<Verdict> verdicts =
          new LabelRun(
                  session.judge(),
                  config.concurrency(),
                  context::stopRequested,
                  done -> progress.to(done, ""))
              .label(questions);
      context.metrics().timing(1, session.counts());
      return verdicts;
    }
  }

  private static void refuseEmpty(AiFeedbackMetrics metrics, List<Verdict> verdicts) {
    if (metrics.labelled() == 0) {
      throw new UserException(
          "the judge preferred no answer in any of %d pairs: %d ties, %d without a verdict, and %d"
                  .formatted(metrics.asked(), metrics.ties(), metrics.none(), metrics.identical())
              + " prompts had two equal answers. First reply: "
              + verdicts.stream()
                  .map(verdict -> verdict.orders().get(0).replies().get(0))
                  .findFirst()
                  .orElse("none, nothing was asked"));
    }
  }

  private void write(
      AiFeedbackConfig config, RunContext context, List<AnswerPair> pairs, List<Verdict> verdicts)
      throws IOException {
    String annotator =
        "judge:"
            + (config.judge().isSampleWorld()
                ? sampleWorld.apply(context.seed()).name()
                : config.judge().model().orElse(""));
    List<PreferencePair> labelled = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      AnswerPair pair = pairs.get(i);
      boolean first = verdicts.get(i).outcome() == Outcome.A;
      if (first || verdicts.get(i).outcome() == Outcome.B) {
        String chosen = first ? pair.answerA() : pair.answerB();
        String rejected = first ? pair.answerB() : pair.answerA();
        labelled.add(
            new PreferencePair(pair.prompt().id(), pair.prompt(), chosen, rejected, annotator));
      }
    }
    DataSplit<PreferencePair> split =
        new PromptSplitter(context.seed())
            .split(
                labelled, PreferencePair::prompt, new SplitFractions(config.validationSplit(), 0));
    Path directory = context.directory();
    DatasetWriter.writePairs(directory.resolve(PreferencesFiles.TRAIN_PAIRS), split.train());
    DatasetWriter.writePairs(
        directory.resolve(PreferencesFiles.VALIDATION_PAIRS), split.validation());
    JsonLines.write(
        directory.resolve("verdicts.jsonl"),
        sink -> {
          for (int i = 0; i < pairs.size(); i++) {
            sink.write(row(pairs.get(i), verdicts.get(i)));
          }
        });
  }

  private static ObjectNode row(AnswerPair pair, Verdict verdict) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.put("id", pair.prompt().id());
    row.put("prompt", pair.prompt().text());
    row.put("answer_a", pair.answerA());
    row.put("answer_b", pair.answerB());
    VerdictRows.put(row, verdict);
    return row;
  }
}
