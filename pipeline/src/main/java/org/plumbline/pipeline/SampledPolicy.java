package org.plumbline.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.plumbline.data.Prompt;
import org.plumbline.evaluation.EvaluateConfig;
import org.plumbline.evaluation.EvaluatedPolicy;
import org.plumbline.evaluation.ModelEntry;
import org.plumbline.evaluation.Reply;
import org.plumbline.feedback.AiFeedbackConfig;
import org.plumbline.feedback.AnswerSampler;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.generation.Generated;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.safetensors.DType;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.training.ModelArtifacts;

/** A model behind the ports of ai-feedback and evaluation. */
final class SampledPolicy implements AnswerSampler, EvaluatedPolicy {
  private static final int ROWS_AT_ONCE = 64;

  private final ModelBundle bundle;
  private final SamplingConfig sampling;
  private final Generator generator;
  private final SequenceScorer scorer;

  private SampledPolicy(ModelBundle bundle, int maxNewTokens, double temperature, double topP) {
    this.bundle = bundle;
    this.sampling =
        new SamplingConfig(maxNewTokens, temperature, 0, topP, 0, 1, bundle.encoder().stopIds());
    this.generator = new Generator(bundle.model(), ROWS_AT_ONCE);
    this.scorer = new SequenceScorer(bundle.model(), ROWS_AT_ONCE);
  }

  static SampledPolicy forFeedback(AiFeedbackConfig config, RunContext context) {
    ModelBundle bundle = ModelBundle.open(context.resolve(config.policy()), options(context));
    return new SampledPolicy(
        bundle,
        config.sampling().maxNewTokens(),
        config.sampling().temperature(),
        config.sampling().topP());
  }

  static SampledPolicy forEvaluation(ModelEntry entry, EvaluateConfig config, RunContext context)
      throws IOException {
    Path folder = context.resolve(entry.model());
    LoadOptions options = options(context).withFourBit(entry.fourBit());
    ModelBundle bundle =
        entry.adapter().isPresent()
            ? ModelBundle.with(folder, context.resolve(entry.adapter().get()), options)
            : ModelBundle.open(folder, options);
    return new SampledPolicy(bundle, config.maxNewTokens(), config.temperature(), 1);
  }

  private static LoadOptions options(RunContext context) {
    return new LoadOptions(DType.F32, false, context.device());
  }

  @Override
  public List<String> sample(List<Prompt> prompts, int answersPerPrompt, long seed) {
    return generate(prompts, answersPerPrompt, seed).stream().map(Reply::text).toList();
  }

  @Override
  public List<Reply> generate(List<Prompt> prompts, int samples, long seed) {
    return replies(bundle, generator, sampling, prompts, samples, seed);
  }

  /** Replies to every prompt, those of the first first. */
  static List<Reply> replies(
      ModelBundle bundle,
      Generator generator,
      SamplingConfig sampling,
      List<Prompt> prompts,
      int samples,
      long seed) {
    List<int[]> ids = new ArrayList<>();
    for (Prompt prompt : prompts) {
      int[] one = bundle.encoder().prompt(ModelArtifacts.conversation(prompt));
      for (int i = 0; i < samples; i++) {
        ids.add(one);
      }
    }
    List<Generated> replies =
        generator.generate(
            ids, bundle.active(), sampling, row -> RandomStreams.of(seed, "reply", row));
    return replies.stream()
        .map(r -> new Reply(bundle.encoder().reply(r.ids()), r.ids(), r.stopped()))
        .toList();
  }

  @Override
  public double[] logProbabilities(List<Prompt> prompts, List<Reply> replies) {
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      int[] prompt = bundle.encoder().prompt(ModelArtifacts.messages(prompts.get(i)));
      int[] reply = replies.get(i).tokenIds();
      int[] both = Arrays.copyOf(prompt, prompt.length + reply.length);
      System.arraycopy(reply, 0, both, prompt.length, reply.length);
      sequences.add(new Sequence(both, prompt.length));
    }
    return scorer.logProbs(sequences, bundle.active(), 1).stream()
        .mapToDouble(SampledPolicy::sum)
        .toArray();
  }

  private static double sum(float[] values) {
    double total = 0;
    for (float value : values) {
      total += value;
    }
    return total;
  }

  @Override
  public void close() {
    generator.close();
    bundle.close();
  }
}
