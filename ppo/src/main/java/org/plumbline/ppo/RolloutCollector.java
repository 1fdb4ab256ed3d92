package org.plumbline.ppo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.plumbline.data.Prompt;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.generation.Generated;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.generation.SequenceScorer.TokenScores;
import org.plumbline.stage.RandomStreams;
import org.plumbline.training.ModelArtifacts;

/** Samples replies from the policy and takes all that an update needs to know of them. */
final class RolloutCollector implements AutoCloseable {
  static final int ROWS_AT_ONCE = 32;

  private final PpoConfig config;
  private final Agent agent;
  private final long seed;
  private final Generator generator;
  private final SequenceScorer policy;
  private final SequenceScorer value;

  RolloutCollector(PpoConfig config, Agent agent, long seed) {
    this.config = config;
    this.agent = agent;
    this.seed = seed;
    this.generator = new Generator(agent.policy().model(), ROWS_AT_ONCE);
    this.policy = new SequenceScorer(agent.policy().model(), ROWS_AT_ONCE);
    this.value = new SequenceScorer(agent.valueModel(), ROWS_AT_ONCE);
  }

  /**
   * Samples one reply per prompt and scores it.
   *
   * @param purpose and
   * @param counter address the random streams: equal addresses draw equal numbers
   * @param withValues false leaves the values empty, for evaluations
   */
  Rollout collect(List<Prompt> prompts, String purpose, long counter, boolean withValues) {
    ChatEncoder encoder = agent.policy().encoder();
    List<int[]> ids =
        prompts.stream()
            .map(p -> fit(encoder.prompt(ModelArtifacts.messages(p)), config.maxPromptTokens()))
            .toList();
    SamplingConfig sampling =
        SamplingConfig.pure(config.maxNewTokens(), config.temperature(), encoder.stopIds());
    List<Generated> replies =
        generator.generate(
            ids,
            agent.policyActive(),
            sampling,
            row -> RandomStreams.of(seed, purpose, counter, row));
    List<Sequence> sequences = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    boolean[] ended = new boolean[prompts.size()];
    for (int b = 0; b < prompts.size(); b++) {
      int[] prompt = ids.get(b);
      int[] reply = replies.get(b).ids();
      int[] both = Arrays.copyOf(prompt, prompt.length + reply.length);
      System.arraycopy(reply, 0, both, prompt.length, reply.length);
      sequences.add(new Sequence(both, prompt.length));
      texts.add(encoder.reply(reply));
      ended[b] = replies.get(b).stopped();
    }
    return measure(prompts, sequences, texts, ended, withValues);
  }

  private Rollout measure(
      List<Prompt> prompts,
      List<Sequence> sequences,
      List<String> texts,
      boolean[] ended,
      boolean withValues) {
    double[] scores = agent.reward().score(prompts, texts);
    for (int b = 0; b < scores.length; b++) {
      scores[b] -= ended[b] ? 0 : config.missingEndPenalty();
    }
    List<TokenScores> now =
        policy.distributions(sequences, agent.policyActive(), config.temperature());
    List<float[]> reference =
        policy.logProbs(sequences, agent.referenceActive(), config.temperature());
    List<float[]> values =
        withValues ? value.tokenScores(sequences, agent.valueActive()) : List.of();
    return new Rollout(
        prompts,
        sequences,
        texts,
        ended,
        scores,
        wide(now.stream().map(TokenScores::logProbs).toList()),
        wide(reference),
        wide(values),
        wide(now.stream().map(TokenScores::entropy).toList()));
  }

  private static int[] fit(int[] ids, int most) {
    return ids.length <= most ? ids : Arrays.copyOfRange(ids, ids.length - most, ids.length);
  }

  private static double[][] wide(List<float[]> rows) {
    double[][] wide = new double[rows.size()][];
    for (int b = 0; b < wide.length; b++) {
      float[] row = rows.get(b);
      wide[b] = new double[row.length];
      for (int t = 0; t < row.length; t++) {
        wide[b][t] = row[t];
      }
    }
    return wide;
  }

  @Override
  public void close() {
    generator.close();
  }
}
