package org.plumbline.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Prompt;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;
import org.plumbline.stage.Checkpoint;
import org.plumbline.stage.Checkpoints;
import org.plumbline.stage.Json;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.StoppedException;
import org.plumbline.training.BestWeights;
import org.plumbline.training.ParameterUpdates;
import org.plumbline.training.RowOrder;
import org.plumbline.training.Schedule;
import org.plumbline.training.TensorFiles;

/** The PPO loop: sample, score, penalise, estimate, optimise, adapt the KL coefficient. */
final class PpoTrainer implements AutoCloseable {
  private static final String TENSORS = "tensors.safetensors";

  private final PpoConfig config;
  private final Agent agent;
  private final RunContext context;
  private final List<Prompt> train;
  private final List<Prompt> heldOut;
  private final long seed;
  private final NDManager manager;
  private final ParameterUpdates updates;
  private final BestWeights best;
  private final Checkpoints checkpoints;
  private final RolloutCollector collector;
  private final PpoUpdate updater;
  private final SampleLog samples;
  private Position position;
  private KlController kl;

  /** Where training stands; with the tensors, all that a checkpoint needs. */
  private record Position(
      long update,
      double beta,
      double firstScore,
      double bestScore,
      double bestKl,
      long bestUpdate,
      double lastScore,
      double lastKl) {}

  PpoTrainer(
      PpoConfig config, Agent agent, RunContext context, List<Prompt> train, List<Prompt> heldOut) {
    this.config = config;
    this.agent = agent;
    this.context = context;
    this.train = train;
    this.heldOut = heldOut.subList(0, Math.min(heldOut.size(), config.evaluationPrompts()));
    this.seed = RandomStreams.address(context.seed(), context.stageName());
    this.manager = agent.policy().model().newScope();
    this.updates =
        new ParameterUpdates(
            config.optimizer(),
            manager,
            agent.parameters(),
            List.of(agent.adapter(), agent.valueAdapter()),
            config.tuning().rateRatio());
    this.best = new BestWeights(manager, agent.parameters(), carrier());
    this.checkpoints = new Checkpoints(context.directory(), context::warn);
    this.collector = new RolloutCollector(config, agent, seed);
    Schedule schedule =
        new Schedule(config.schedule(), config.learningRate(), config.optimizerSteps());
    this.updater = new PpoUpdate(config, agent, updates, schedule, seed);
    this.samples = new SampleLog(context.directory());
    this.kl = config.kl().controller();
    this.position = new Position(0, kl.beta(), 0, Double.NEGATIVE_INFINITY, 0, -1, 0, 0);
  }

  private TensorCarrier carrier() {
    return agent.policy().model().carrier();
  }

  /** Trains to the end, or goes on from the newest checkpoint; ends with the best weights. */
  Map<String, Object> run() throws IOException {
    resume();
    try (Progress progress = context.progress(context.stageName(), config.updates())) {
      while (position.update() < config.updates()) {
        long started = System.nanoTime();
        long update = position.update();
        Map<String, Double> row = update(update);
        long done = update + 1;
        position = position(done);
        if (evaluationDue(done)) {
          row.putAll(evaluate(done));
        }
        context.metrics().row(done, row);
        context.metrics().timing(done, Map.of("seconds", (System.nanoTime() - started) / 1e9));
        progress.to(done, note(row));
        checkpointIfDue(done);
      }
    }
    best.restore();
    return summary();
  }

  private Position position(long update) {
    return new Position(
        update,
        kl.beta(),
        position.firstScore(),
        position.bestScore(),
        position.bestKl(),
        position.bestUpdate(),
        position.lastScore(),
        position.lastKl());
  }

  private boolean evaluationDue(long done) {
    return done == config.updates()
        || config.evaluateEvery() > 0 && done % config.evaluateEvery() == 0;
  }

  private static String note(Map<String, Double> row) {
    return String.format(
        Locale.ROOT,
        "reward %.2f, KL %.2f",
        row.getOrDefault("objective/scores", Double.NaN),
        row.getOrDefault("objective/kl", Double.NaN));
  }

  /** Steps 1 to 5 of the algorithm. */
  private Map<String, Double> update(long update) {
    RowOrder order = new RowOrder(seed, train.size());
    List<Prompt> prompts =
        Arrays.stream(order.step(update, config.batchSize())).mapToObj(train::get).toList();
    Rollout rollout = collector.collect(prompts, "rollout", update, true);
    if (update == 0) {
      requireSameStart(rollout);
    }
    boolean[][] mask = rollout.mask();
    double[][] penalty =
        TokenRewards.kl(rollout.logProbs(), rollout.reference(), mask, config.kl().estimator());
    double[][] rewards = TokenRewards.shape(penalty, kl.beta(), rollout.scores(), rollout.last());
    if (config.whitenRewards()) {
      rewards = Masked.whiten(rewards, mask, false);
    }
    Gae.Targets raw = new Gae(config.gamma(), config.lambda()).estimate(rewards, rollout.values());
    Gae.Targets targets =
        new Gae.Targets(Masked.whiten(raw.advantages(), mask, true), raw.returns());
    Map<String, Double> metrics = PpoMetrics.of(rollout, penalty, kl.beta());
    metrics.putAll(updater.run(rollout, targets, update));
    metrics.put("episode", (double) (update + 1) * config.batchSize());
    kl = kl.observe(metrics.getOrDefault("objective/kl", 0.0), config.batchSize());
    return metrics;
  }

  /** Checklist 24: before the first update policy and reference are the same distribution. */
  private void requireSameStart(Rollout rollout) {
    double worst = 0;
    for (int b = 0; b < rollout.logProbs().length; b++) {
      for (int t = 0; t < rollout.logProbs()[b].length; t++) {
        double difference = rollout.logProbs()[b][t] - rollout.reference()[b][t];
        worst = Math.max(worst, Math.abs(difference));
      }
    }
    double bound = agent.policy().model().options().compute() == DType.F32 ? 1e-4 : 5e-2;
    if (!(worst <= bound)) {
      throw new IllegalStateException(
          "at step 0 policy and reference differ by %.2g nats at a token (bound %.0e); the reference is not the model that the policy starts from"
              .formatted(worst, bound));
    }
  }

  /**
   * Held-out prompts with the same random numbers each time; the best by reward within the KL
   * limit.
   */
  private Map<String, Double> evaluate(long update) throws IOException {
    Rollout rollout = collector.collect(heldOut, "evaluation", 0, false);
    Map<String, Double> row = PpoMetrics.evaluation(rollout);
    samples.append(update, rollout);
    double score = row.getOrDefault("eval/scores", Double.NaN);
    double sequenceKl = row.getOrDefault("eval/kl", Double.NaN);
    boolean allowed = config.kl().limit() == 0 || sequenceKl <= config.kl().limit();
    boolean better = allowed && score > position.bestScore();
    if (better) {
      best.take();
    }
    position =
        new Position(
            update,
            kl.beta(),
            update == 0 ? score : position.firstScore(),
            better ? score : position.bestScore(),
            better ? sequenceKl : position.bestKl(),
            better ? update : position.bestUpdate(),
            score,
            sequenceKl);
    return row;
  }

  private void checkpointIfDue(long done) throws IOException {
    boolean stop = context.stopRequested();
    boolean due = config.checkpointEvery() > 0 && done % config.checkpointEvery() == 0;
    if (done < config.updates() && (stop || due)) {
      context.metrics().flush();
      checkpoints.save(
          done,
          Json.mapper().valueToTree(position),
          folder -> TensorFiles.write(folder.resolve(TENSORS), tensors(), carrier()));
      if (stop) {
        throw new StoppedException(
            "%s stopped at update %d of %d; the same command goes on from there"
                .formatted(context.stageName(), done, config.updates()));
      }
    }
  }

  private Map<String, NDArray> tensors() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    for (Parameter parameter : agent.parameters()) {
      all.put("parameter/" + parameter.name(), parameter.value());
    }
    updates.state().forEach((name, tensor) -> all.put("optimizer/" + name, tensor));
    all.putAll(best.tensors());
    return all;
  }

  private void resume() throws IOException {
    Optional<Checkpoint> found = checkpoints.newest();
    if (found.isEmpty()) {
      context.metrics().rewindTo(-1);
      samples.rewindTo(-1);
      context.metrics().row(0, evaluate(0));
      return;
    }
    position = Json.mapper().treeToValue(found.get().state(), Position.class);
    best.allocate();
    TensorFiles.read(found.get().directory().resolve(TENSORS), tensors(), carrier());
    agent.parameters().forEach(parameter -> parameter.changed().run());
    updates.resumeAt(position.update() * config.epochs() * config.minibatches());
    kl = kl.withBeta(position.beta());
    context.metrics().rewindTo(position.update());
    samples.rewindTo(position.update());
    context.say(
        "%s goes on after update %d of %d"
            .formatted(context.stageName(), position.update(), config.updates()));
  }

  private Map<String, Object> summary() {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("updates", config.updates());
    summary.put("episodes", (long) config.updates() * config.batchSize());
    summary.put("compute_dtype", agent.policy().model().options().compute().torchName());
    summary.put("eval_score_before", position.firstScore());
    summary.put("eval_score_best", position.bestScore());
    summary.put("eval_kl_best", position.bestKl());
    summary.put("best_update", position.bestUpdate());
    summary.put("eval_score_last", position.lastScore());
    summary.put("eval_kl_last", position.lastKl());
    summary.put("kl_coefficient", kl.beta());
    return summary;
  }

  @Override
  public void close() {
    collector.close();
    manager.close();
  }
}
