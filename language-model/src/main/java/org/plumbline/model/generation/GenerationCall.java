package org.plumbline.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.plumbline.model.architecture.DecodingSession;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.engine.KernelScript;

/** What all batches of one call share; used by several threads. */
final class GenerationCall {
  private final TransformerModel model;
  private final NDManager manager;
  private final KernelScript kernels;
  private final RowAdapters adapters;
  private final SamplingConfig config;
  private final StopRule stop;
  private final LogitChain chain;
  private final FiniteLogits finite;
  private final Positions positions;

  GenerationCall(
      TransformerModel model,
      NDManager manager,
      KernelScript kernels,
      RowAdapters adapters,
      SamplingConfig config,
      StopRule stop) {
    this.model = model;
    this.manager = manager;
    this.kernels = kernels;
    this.adapters = adapters;
    this.config = config;
    this.stop = stop;
    this.chain = new LogitChain(kernels, config);
    this.finite = new FiniteLogits(kernels, model, adapters);
    this.positions = Positions.of(model.config());
  }

  /** An empty reply, as long as the config says at most and no longer than positions reach. */
  Draft draft(int row, int[] prompt) {
    positions.require(row, prompt);
    int limit = Math.min(config.maxNewTokens(), positions.after(prompt));
    return new Draft(row, prompt, limit, config.logProbs());
  }

  /** True if a row that ended may run past the learned positions when it stays in the batch. */
  boolean endsAtPositions(int[] prompt) {
    return positions.after(prompt) < config.maxNewTokens();
  }

  /**
   * Reads the prompts.
   *
   * @param drafts those that will continue them
   * @return logits after each prompt, float32 (B, V)
   */
  NDArray read(NDManager scope, DecodingSession session, List<int[]> prompts, List<Draft> drafts) {
    int width = prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
    int longest = drafts.stream().mapToInt(Draft::limit).max().orElseThrow();
    return session.prompt(scope, prompts, width + longest);
  }

  /** A session over the prompts of these drafts. */
  DecodingSession session(List<Draft> drafts) {
    return model.session(adapters.at(drafts.stream().mapToInt(Draft::row).toArray()));
  }

  /** Of each prompt of the call. */
  RowAdapters adapters() {
    return adapters;
  }

  NDManager newScope() {
    return manager.newSubManager();
  }

  KernelScript kernels() {
    return kernels;
  }

  SamplingConfig config() {
    return config;
  }

  StopRule stop() {
    return stop;
  }

  LogitChain chain() {
    return chain;
  }

  FiniteLogits finite() {
    return finite;
  }
}
