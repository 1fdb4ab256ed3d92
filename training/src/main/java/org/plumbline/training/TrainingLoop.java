package org.plumbline.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.engine.Lanes;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.Checkpoint;
import org.plumbline.stage.Checkpoints;
import org.plumbline.stage.Json;
import org.plumbline.stage.Progress;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.StoppedException;

/**
 * The loop of every offline trainer: exact accumulation, clipping, schedule, evaluation, best
 * weights, early stopping, checkpoints and resume. A resumed run equals an unbroken one bit for
 * bit.
 */
public final class TrainingLoop<T> implements AutoCloseable {
  private static final String TENSORS = "tensors.safetensors";

  private final TrainingConfig config;
  private final TransformerModel model;
  private final Objective<T> objective;
  private final RunContext context;
  private final List<T> train;
  private final List<T> validation;
  private final NDManager manager;
  private final ParameterUpdates updates;
  private final BestWeights best;
  private final Checkpoints checkpoints;
  private final Schedule schedule;
  private final RowOrder order;
  private Optional<StepEvaluation> beside = Optional.empty();
  private Position position = new Position(0, 0, 0, 0, 0, 0);

  /**
   * Where training stands; with the tensors, all that a checkpoint needs. The losses mean nothing
   * while {@code bestStep} is 0: before the first evaluation.
   */
  private record Position(
      long step,
      double lastLoss,
      double bestLoss,
      long bestStep,
      int withoutGain,
      double firstLoss) {}

  /**
   * Prepares a loop.
   *
   * @param train rows to learn from, at least one
   * @param validation held-out rows, may be empty: then the last weights are kept
   */
  public TrainingLoop(
      TrainingConfig config,
      TransformerModel model,
      Objective<T> objective,
      RunContext context,
      List<T> train,
      List<T> validation) {
    this(config, model, objective, context, train, validation, List.of(), 1);
  }

  /**
   * As above, for adapters.
   *
   * @param adapters those that the objective trains
   * @param rateRatio learning rate of their B matrices over that of all else
   */
  public TrainingLoop(
      TrainingConfig config,
      TransformerModel model,
      Objective<T> objective,
      RunContext context,
      List<T> train,
      List<T> validation,
      List<Adapter> adapters,
      double rateRatio) {
    this.config = config;
    this.model = model;
    this.objective = objective;
    this.context = context;
    this.train = train;
    this.validation =
        config.evaluationRows() > 0 && validation.size() > config.evaluationRows()
            ? validation.subList(0, config.evaluationRows())
            : validation;
    this.manager = model.newScope();
    this.updates =
        new ParameterUpdates(
            config.optimizer(), manager, objective.parameters(), adapters, rateRatio);
    this.best = new BestWeights(manager, objective.parameters(), model.carrier());
    this.checkpoints = new Checkpoints(context.directory(), context::warn);
    this.schedule =
        new Schedule(config.schedule(), config.learningRate(), config.totalSteps(train.size()));
    long seed = RandomStreams.address(context.seed(), context.stageName() + ".order");
    this.order =
        config.groupByLength()
            ? RowOrder.byLength(
                seed, train.stream().mapToInt(objective::length).toArray(), config.batchSize())
            : new RowOrder(seed, train.size());
  }

  /** Lets these figures be taken before the first step and at every evaluation. */
  public TrainingLoop<T> beside(StepEvaluation evaluation) {
    beside = Optional.of(evaluation);
    return this;
  }

  /**
   * Trains to the end, or goes on from the newest checkpoint.
   *
   * @return summary: steps, last loss, best validation loss and its step
   */
  public Map<String, Object> run() throws IOException {
    resume();
    long total = schedule.totalSteps();
    try (Progress progress = context.progress(context.stageName(), total)) {
      while (position.step() < total && !stoppedEarly()) {
        long started = System.nanoTime();
        long step = position.step();
        Map<String, Double> row = step(step);
        long done = step + 1;
        position = at(done, Objects.requireNonNull(row.get("loss"), "an objective gives its loss"));
        if (evaluationDue(done, total)) {
          row.putAll(evaluations(done));
        }
        context.metrics().row(done, row);
        double seconds = (System.nanoTime() - started) / 1e9;
        context
            .metrics()
            .timing(
                done,
                Map.of(
                    "seconds",
                    seconds,
                    "tokens_per_second",
                    row.getOrDefault("tokens", 0.0) / seconds));
        progress.to(done, note(row));
        checkpointIfDue(done, total);
      }
    }
    if (config.keepBest() && best.present()) {
      best.restore();
    }
    return summary();
  }

  private static String note(Map<String, Double> row) {
    String loss = String.format(Locale.ROOT, "loss %.4f", row.get("loss"));
    Double held = row.get("eval_loss");
    return held == null ? loss : loss + String.format(Locale.ROOT, ", held-out %.4f", held);
  }

  private Position at(long step, double loss) {
    return new Position(
        step,
        loss,
        position.bestLoss(),
        position.bestStep(),
        position.withoutGain(),
        position.firstLoss());
  }

  private boolean stoppedEarly() {
    return config.patience() > 0 && position.withoutGain() >= config.patience();
  }

  private boolean evaluationDue(long done, long total) {
    return (!validation.isEmpty() || beside.isPresent())
        && (done == total || (config.evaluateEvery() > 0 && done % config.evaluateEvery() == 0));
  }

  /** One optimizer step: gradients of all parts, summed; clipped; applied. */
  private Map<String, Double> step(long step) {
    List<T> rows =
        Arrays.stream(order.step(step, config.batchSize())).mapToObj(train::get).toList();
    double weight = rows.stream().mapToDouble(objective::weight).sum();
    Map<String, Double> metrics = new LinkedHashMap<>();
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> sum = List.of();
      List<List<T>> parts = objective.parts(rows, config.rowsAtOnce());
      Lanes lanes = objective.concurrent() ? model.lanes() : Lanes.ONE;
      for (int from = 0; from < parts.size(); from += lanes.width()) {
        int to = Math.min(parts.size(), from + lanes.width());
        try (NDManager inner = scope.newSubManager()) {
          List<Objective.Part> results =
              lanes.map(
                  IntStream.range(from, to).boxed().toList(),
                  n -> objective.part(inner, parts.get(n), weight, dropoutSeed(step, n)));
          for (Objective.Part result : results) {
            result.metrics().forEach((name, value) -> metrics.merge(name, value, Double::sum));
            if (sum.isEmpty()) {
              sum = result.gradients();
              sum.forEach(gradient -> gradient.attach(scope));
            } else {
              model.carrier().add(sum, result.gradients());
            }
          }
        }
      }
      double rate = schedule.rate(step);
      double penalty = updates.addPenalty(sum);
      if (penalty > 0) {
        metrics.put("orthogonality", penalty);
      }
      metrics.put("grad_norm", GradientClipping.clip(model.carrier(), sum, config.maxGradNorm()));
      metrics.put("learning_rate", rate);
      metrics.put("epoch", (double) (step + 1) * config.batchSize() / train.size());
      metrics.put("tokens", (double) rows.stream().mapToLong(objective::length).sum());
      updates.step(sum, rate);
    }
    requireFinite(metrics, step + 1);
    return metrics;
  }

  private long dropoutSeed(long step, int part) {
    return RandomStreams.address(context.seed(), context.stageName() + ".dropout", step, part);
  }

  private static void requireFinite(Map<String, Double> metrics, long step) {
    metrics.forEach(
        (name, value) -> {
          if (!Double.isFinite(value)) {
            throw new ArithmeticException(
                "%s is %s at step %d; the last good checkpoint is kept. Likely cause: a learning rate too high"
                    .formatted(name, value, step));
          }
        });
  }

  private Map<String, Double> evaluations(long done) throws IOException {
    Map<String, Double> values = new LinkedHashMap<>();
    if (!validation.isEmpty()) {
      evaluate(done).forEach((name, value) -> values.put("eval_" + name, value));
    }
    if (beside.isPresent()) {
      values.putAll(beside.get().at(done));
    }
    return values;
  }

  private Map<String, Double> evaluate(long done) {
    Map<String, Double> values = objective.evaluate(validation);
    double loss = values.getOrDefault("loss", Double.NaN);
    boolean initial = position.bestStep() == 0;
    double first = initial && position.firstLoss() == 0 ? loss : position.firstLoss();
    if (!updates.settled()) {
      // Weights with ranks above the budget are not what was asked for.
      position = new Position(done, position.lastLoss(), 0, 0, position.withoutGain(), first);
      return values;
    }
    if (initial || loss < position.bestLoss()) {
      position = new Position(done, position.lastLoss(), loss, done, 0, first);
      if (config.keepBest()) {
        best.take();
      }
    } else {
      position =
          new Position(
              done,
              position.lastLoss(),
              position.bestLoss(),
              position.bestStep(),
              position.withoutGain() + 1,
              first);
    }
    return values;
  }

  private void checkpointIfDue(long done, long total) throws IOException {
    boolean stop = context.stopRequested();
    boolean due = config.checkpointEvery() > 0 && done % config.checkpointEvery() == 0;
    if (done < total && (stop || due)) {
      context.metrics().flush();
      checkpoints.save(
          done,
          Json.mapper().valueToTree(position),
          folder -> TensorFiles.write(folder.resolve(TENSORS), tensors(), model.carrier()));
    }
    if (stop && done < total) {
      throw new StoppedException(
          "%s stopped at step %d of %d; the same command goes on from there"
              .formatted(context.stageName(), done, total));
    }
  }

  private Map<String, NDArray> tensors() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    for (Parameter parameter : objective.parameters()) {
      all.put("parameter/" + parameter.name(), parameter.value());
    }
    updates.state().forEach((name, tensor) -> all.put("optimizer/" + name, tensor));
    all.putAll(best.tensors());
    return all;
  }

  private void resume() throws IOException {
    Optional<Checkpoint> found = checkpoints.newest();
    if (found.isEmpty()) {
      begin();
      return;
    }
    JsonNode state = found.get().state();
    position = Json.mapper().treeToValue(state, Position.class);
    if (position.bestStep() > 0 && config.keepBest()) {
      best.allocate();
    }
    TensorFiles.read(found.get().directory().resolve(TENSORS), tensors(), model.carrier());
    objective.parameters().forEach(parameter -> parameter.changed().run());
    updates.resumeAt(position.step());
    context.metrics().rewindTo(position.step());
    if (beside.isPresent()) {
      beside.get().rewindTo(position.step());
    }
    context.say(
        "%s goes on after step %d of %d"
            .formatted(context.stageName(), position.step(), schedule.totalSteps()));
  }

  private void begin() throws IOException {
    context.metrics().rewindTo(-1);
    if (beside.isPresent()) {
      beside.get().rewindTo(-1);
      context.metrics().row(0, beside.get().at(0));
    }
  }

  private Map<String, Object> summary() {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("steps", position.step());
    summary.put("rows", train.size());
    summary.put("compute_dtype", model.options().compute().torchName());
    summary.put("loss", position.lastLoss());
    if (!updates.ranks().isEmpty()) {
      summary.put("ranks", updates.ranks());
    }
    if (position.bestStep() > 0) {
      summary.put("eval_loss_first", position.firstLoss());
      summary.put("eval_loss_best", position.bestLoss());
      summary.put("best_step", position.bestStep());
    }
    return summary;
  }

  @Override
  public void close() {
    manager.close();
  }
}
