package org.plumbline.training.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.training.OptimizerConfig;
import org.plumbline.training.TrainingConfig;
import org.plumbline.training.TuningMethod;
import org.plumbline.training.TuningSettings;

/**
 * All of a training that its memory depends on.
 *
 * @param compute dtype of activations and frozen weights
 * @param output what stands on the last hidden states
 * @param items rows, or pairs, of an optimizer step
 * @param itemsAtOnce of these, computed at once
 * @param rowsPerItem 2 for pairs
 * @param length tokens of the longest row
 * @param wanted positions of a row whose hidden states go into the output
 * @param masked whether attention has a mask of its own: packed rows
 * @param keepsBest whether the weights of the best evaluation are kept beside the trained ones
 */
public record TrainingShape(
    TransformerConfig model,
    TuningSettings tuning,
    DType compute,
    OptimizerConfig optimizer,
    Output output,
    int items,
    int itemsAtOnce,
    int rowsPerItem,
    int length,
    int wanted,
    boolean masked,
    boolean keepsBest) {
  /** What is computed of the last hidden states. */
  public enum Output {
    /** The loss of tokens, whose gradient is formed chunk by chunk. */
    LOSS,
    /** Log-probabilities with a graph, for which the logits of all positions are kept. */
    LOG_PROBS,
    /** A head of a few scores. */
    SCORES
  }

  /** A setting that needs less. */
  public record Change(String setting, UnaryOperator<TrainingShape> of) {}

  /** Rows one beside the other, each token learned from. */
  public static TrainingShape ofRows(
      TransformerConfig model,
      TuningSettings tuning,
      DType compute,
      TrainingConfig training,
      int length) {
    return new TrainingShape(
        model,
        tuning,
        compute,
        training.optimizer(),
        Output.LOSS,
        training.batchSize(),
        training.rowsAtOnce(),
        1,
        length,
        length,
        false,
        training.keepBest());
  }

  /** Scores at so many positions of each row in place of the loss of tokens. */
  public TrainingShape scored(int positions, int rows) {
    return new TrainingShape(
        model,
        tuning,
        compute,
        optimizer,
        Output.SCORES,
        items,
        itemsAtOnce,
        rows,
        length,
        positions,
        masked,
        keepsBest);
  }

  /** The same with rows that hold several texts, or with none kept of the best evaluation. */
  public TrainingShape with(boolean packed, boolean best) {
    return new TrainingShape(
        model,
        tuning,
        compute,
        optimizer,
        output,
        items,
        itemsAtOnce,
        rowsPerItem,
        length,
        wanted,
        packed,
        best);
  }

  /** The same with other choices. */
  TrainingShape with(TuningSettings chosen, DType dtype, int atOnce, int longest) {
    return new TrainingShape(
        model,
        chosen,
        dtype,
        optimizer,
        output,
        items,
        atOnce,
        rowsPerItem,
        longest,
        Math.min(wanted, longest),
        masked,
        keepsBest);
  }

  /** The same with rows shorter by so many tokens. */
  public TrainingShape shortened(int tokens) {
    return with(tuning, compute, itemsAtOnce, length - tokens);
  }

  /** Parts of a step, one computed after the other. */
  int parts() {
    return (items + itemsAtOnce - 1) / itemsAtOnce;
  }

  /** Rows computed at once. */
  int rows() {
    return itemsAtOnce * rowsPerItem;
  }

  /** Whether the base is in four bits. */
  public boolean quantised() {
    return tuning.chosen() == TuningMethod.QLORA;
  }

  /**
   * Settings that would need less, those left out that are in use.
   *
   * @param microBatch the key of rows at once
   * @param tunable whether the stage has the keys {@code method} and {@code gradient_checkpointing}
   * @param longest the key of {@link #length}, empty where there is none
   */
  public List<Change> changes(String microBatch, boolean tunable, String longest) {
    List<Change> changes = new ArrayList<>();
    if (itemsAtOnce > 1) {
      changes.add(new Change(microBatch + ": 1", s -> s.with(s.tuning, s.compute, 1, s.length)));
    }
    TuningMethod method = tuning.chosen();
    if (tunable && !tuning.gradientCheckpointing() && method != TuningMethod.PREFIX_TUNING) {
      changes.add(
          new Change(
              "gradient_checkpointing: true",
              s -> s.tuned(s.tuning.with(s.tuning.chosen(), true))));
    }
    if (tunable && method == TuningMethod.FULL) {
      changes.add(method(TuningMethod.LORA));
    }
    if (tunable && method != TuningMethod.QLORA) {
      changes.add(method(TuningMethod.QLORA));
    }
    if (compute == DType.F32) {
      changes.add(
          new Change(
              "dtype: bfloat16", s -> s.with(s.tuning, DType.BF16, s.itemsAtOnce, s.length)));
    }
    if (!longest.isEmpty() && length >= 64) {
      changes.add(
          new Change(
              longest + ": " + length / 2,
              s -> s.with(s.tuning, s.compute, s.itemsAtOnce, s.length / 2)));
    }
    return changes;
  }

  private static Change method(TuningMethod method) {
    return new Change(
        "method: " + method.key(),
        s -> s.tuned(s.tuning.with(method, s.tuning.gradientCheckpointing())));
  }

  private TrainingShape tuned(TuningSettings chosen) {
    return with(chosen, compute, itemsAtOnce, length);
  }
}
