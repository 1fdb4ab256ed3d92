package org.plumbline.training;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * How any trainer walks through its data; one record for all, key {@code training:} of a stage.
 *
 * @param steps optimizer steps; 0 goes by epochs
 * @param epochs passes over the data, parts allowed; read where steps is 0
 * @param batchSize rows (or pairs) per optimizer step
 * @param microBatchSize rows at once; 0 takes the whole batch. Results do not depend on it
 * @param groupByLength true to make batches of rows of like length, which saves padding
 * @param learningRate highest rate
 * @param optimizer update rule
 * @param schedule shape of the rate over the steps
 * @param maxGradNorm clipping bound on the global norm, 0 for none
 * @param evaluateEvery steps between evaluations on validation rows; 0 evaluates at the end only
 * @param evaluationRows most validation rows looked at, 0 for all
 * @param patience evaluations without a better loss before training stops early; 0 never
 * @param keepBest true to end with the weights of the best evaluation
 * @param checkpointEvery steps between checkpoints, 0 for none but those of a stop
 */
public record TrainingConfig(
    @Default("0") int steps,
    @Default("1.0") double epochs,
    @Default("16") int batchSize,
    @Default("0") int microBatchSize,
    @Default("false") boolean groupByLength,
    @Default("1e-4") double learningRate,
    @Default("{}") OptimizerConfig optimizer,
    @Default("{}") ScheduleConfig schedule,
    @Default("1.0") double maxGradNorm,
    @Default("0") int evaluateEvery,
    @Default("0") int evaluationRows,
    @Default("0") int patience,
    @Default("true") boolean keepBest,
    @Default("100") int checkpointEvery) {
  public TrainingConfig {
    Check.nonNegative("training.steps", steps);
    Check.positive("training.epochs", epochs);
    Check.positive("training.batch_size", batchSize);
    Check.nonNegative("training.micro_batch_size", microBatchSize);
    Check.positive("training.learning_rate", learningRate);
    Check.nonNegative("training.max_grad_norm", maxGradNorm);
    Check.nonNegative("training.evaluate_every", evaluateEvery);
    Check.nonNegative("training.evaluation_rows", evaluationRows);
    Check.nonNegative("training.patience", patience);
    Check.nonNegative("training.checkpoint_every", checkpointEvery);
    Check.that(
        patience == 0 || evaluateEvery > 0,
        () -> "training.patience=%d needs training.evaluate_every".formatted(patience));
  }

  /** Optimizer steps over this many rows; at least one. */
  public long totalSteps(int rows) {
    return steps > 0 ? steps : Math.max(1, Math.round(epochs * rows / batchSize));
  }

  /** Rows at once. */
  public int rowsAtOnce() {
    return microBatchSize > 0 ? Math.min(microBatchSize, batchSize) : batchSize;
  }
}
