package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMerge;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.engine.Lanes;
import org.plumbline.model.quantization.Quantizer;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tensor.TensorCarrier;

/**
 * A decoder of any supported family: one base, any number of named adapters on it. Which adapters
 * take part is said at each call, so policy, reference and value model can share one frozen base.
 *
 * <p>Results belong to the scope passed in. Axes: B rows, T positions, H hidden, V vocabulary, N
 * picked positions.
 */
public final class TransformerModel implements AutoCloseable {
  /** Widest hidden states whose products cannot feed all threads at once (measured on two). */
  private static final int SMALL = 256;

  private final NDManager manager;
  private final TransformerConfig config;
  private final LoadOptions options;
  private final KernelScript kernels;
  private final TensorCarrier carrier;
  private final BaseWeights base;
  private final List<RotaryTables> rotary;
  private final Masks masks;
  private final ForwardPass forward;
  private final OutputHead head;
  private final LayerWeights layers;
  private final Lanes lanes;

  private final AdapterShelf adapters;
  private final BaseOrigin origin;

  private TransformerModel(
      NDManager manager,
      TransformerConfig config,
      LoadOptions options,
      SourceFactory source,
      BaseOrigin origin) {
    this.manager = manager;
    this.config = config;
    this.options = options;
    this.origin = origin;
    this.carrier = new TensorCarrier(manager);
    this.kernels =
        KernelScript.load(
            manager,
            List.of("/org/plumbline/model/kernels/transformer.py", Quantizer.UNPACKING),
            KernelAttributes.of(config, options));
    this.base =
        new BaseWeights(
            manager, kernels, carrier, config, options, source.create(carrier), this::changed);
    this.rotary =
        Stream.concat(Stream.of(config.rope()), config.localRope().stream().map(Optional::of))
            .map(rope -> new RotaryTables(manager, kernels, carrier, rope, options.compute()))
            .toList();
    this.masks = new Masks(manager, kernels, config);
    this.layers = new LayerWeights(manager, kernels, base, config);
    this.forward = new ForwardPass(manager, kernels, config, base, layers, rotary, masks);
    this.head = new OutputHead(kernels, config, base);
    this.adapters = new AdapterShelf(manager, kernels, config, base, origin, this::changed);
    boolean small = isSmall(config) && !manager.getDevice().isGpu();
    this.lanes = small ? Lanes.all() : Lanes.ONE;
  }

  /** Where weights come from, made once there is something to carry them. */
  interface SourceFactory {
    TensorSource create(TensorCarrier carrier);
  }

  /**
   * Loads a Hugging Face folder.
   *
   * @throws ModelFormatException naming file, key or tensor if the folder cannot be read as it is
   */
  public static TransformerModel load(Path folder, LoadOptions options) {
    return ModelLoader.load(folder, options);
  }

  /**
   * Loads a folder with embeddings for more tokens than it stores; new rows are the mean of the
   * old. A folder that has as many already is loaded as it is.
   *
   * @param vocabulary one more than the highest token id
   */
  public static TransformerModel load(Path folder, LoadOptions options, int vocabulary) {
    return ModelLoader.grown(folder, options, vocabulary);
  }

  /**
   * Loads a base with embeddings for all tokens of an adapter's folder, under the head that it
   * stands under. The adapter itself is put on by {@link #loadAdapter}.
   */
  public static TransformerModel loadUnder(Path base, Path adapter, LoadOptions options) {
    return ModelLoader.under(base, adapter, options);
  }

  /**
   * Loads the base of a language model with a fresh scalar head in place of the output head: the
   * start of a reward model.
   */
  public static TransformerModel loadAsScorer(Path folder, LoadOptions options, long seed) {
    return loadAs(folder, Head.SEQUENCE_CLASSIFICATION, List.of("LABEL_0"), options, seed);
  }

  /**
   * Loads a folder under the head asked for: its own if it has that head, else a fresh one over its
   * trunk.
   *
   * @param labels names of a fresh head's classes
   * @param seed of a fresh head's weights
   */
  public static TransformerModel loadAs(
      Path folder, Head head, List<String> labels, LoadOptions options, long seed) {
    return ModelLoader.as(folder, head, labels, options, seed);
  }

  /** A model with random weights. */
  public static TransformerModel create(TransformerConfig config, LoadOptions options, long seed) {
    return open(
        config, options, carrier -> TensorSource.random(seed, config, carrier), BaseOrigin.MEMORY);
  }

  static TransformerModel open(
      TransformerConfig config, LoadOptions options, SourceFactory source, BaseOrigin origin) {
    NDManager manager = Engine.manager(options.device());
    try {
      return new TransformerModel(manager, config, options, source, origin);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Whether a model is so small that batches are computed side by side on a CPU. */
  public static boolean isSmall(TransformerConfig config) {
    return config.hiddenSize() <= SMALL;
  }

  ForwardPass forward() {
    return forward;
  }

  /** Sizes and special ids. */
  public TransformerConfig config() {
    return config;
  }

  /** Where the base comes from. */
  public BaseOrigin origin() {
    return origin;
  }

  /** The compute dtype, device and whether the base is trained. */
  public LoadOptions options() {
    return options;
  }

  /**
   * How independent batches are computed: a small model's side by side, a large one's in turn, each
   * with all threads.
   */
  public Lanes lanes() {
    return lanes;
  }

  /** A new scope on the model's device; close it to free what was made in it. */
  public NDManager newScope() {
    return manager.newSubManager();
  }

  /** Carries tensors in and out. */
  public TensorCarrier carrier() {
    return carrier;
  }

  /** Trained tensors of the base; empty if it is frozen. */
  public List<Parameter> parameters() {
    return base.parameters();
  }

  /**
   * Takes the first layers from what is trained.
   *
   * @param embeddings true to take the embeddings too
   */
  public void freeze(int layers, boolean embeddings) {
    base.freeze(layers, embeddings);
  }

  /**
   * Adds a fresh adapter; most change nothing yet.
   *
   * @throws IllegalArgumentException if no module matches the targets, or a rank does not fit
   */
  public Adapter addAdapter(String name, AdapterMethod method, Extras extras, long seed) {
    return adapters.add(name, method, extras, seed);
  }

  /** Adds a fresh adapter with a head of its own for so many labels, 0 for none. */
  public Adapter addAdapter(String name, AdapterMethod method, int headWidth, long seed) {
    return addAdapter(name, method, Extras.head(headWidth), seed);
  }

  /**
   * Loads an adapter from a PEFT folder.
   *
   * @throws ModelFormatException where its shapes are not those of the base, or it was made for
   *     another base ({@link LoadOptions#anyBase} takes it then)
   */
  public Adapter loadAdapter(String name, Path folder) {
    if (!options.anyBase()) {
      origin.require(folder);
    }
    return adapters.load(name, folder);
  }

  /**
   * Adds what several adapters make together.
   *
   * @throws IllegalArgumentException as {@link AdapterMerge#of}
   */
  public Adapter combine(
      String name, List<AdapterMerge.Weighted> adapters, AdapterMerge.Combination how) {
    return this.adapters.combine(name, adapters, how);
  }

  /**
   * Saves an adapter as a PEFT folder.
   *
   * @param base the model folder that it shall be used on, named from the adapter's folder and by
   *     the fingerprint of its weights
   */
  public void saveAdapter(Adapter adapter, Path folder, Path base) {
    adapters.save(adapter, folder, base);
  }

  /** Forgets what was derived from trained tensors; run after each write. */
  private void changed() {
    layers.forget();
  }

  /**
   * Hidden states after the final norm at the positions wanted: compute dtype (N, H). Past the last
   * layer's attention nothing is computed for the others.
   *
   * @param index flat positions {@link TokenBatch#index} or {@link TokenBatch#front}
   * @param active adapters that take part, none for the base
   */
  public NDArray hidden(NDManager scope, TokenBatch batch, long[] index, List<Adapter> active) {
    return forward.hidden(scope, batch, index, active, false, 0);
  }

  /**
   * Hidden states as {@link #hidden(NDManager, TokenBatch, long[], List)}, with adapters row by
   * row.
   */
  public NDArray hidden(NDManager scope, TokenBatch batch, long[] index, RowAdapters adapters) {
    if (adapters instanceof RowAdapters.All all) {
      return hidden(scope, batch, index, all.active());
    }
    adapters.requireRows(batch.rows());
    return forward.hidden(scope, batch, index, (RowAdapters.Each) adapters);
  }

  /**
   * Hidden states as {@link #hidden}, to take gradients from; with {@link
   * LoadOptions#checkpointing} layers are computed again while that is done.
   *
   * @param scope owns what gradients need
   * @param balanced true for the experts' load-balancing loss over all real tokens, weight not
   *     applied
   */
  public Trace trace(
      NDManager scope,
      TokenBatch batch,
      long[] index,
      List<Adapter> active,
      double dropout,
      boolean balanced) {
    if (balanced) {
      NDList routed = forward.routed(scope, batch, index, active, dropout);
      return new WholeTrace(kernels, routed.get(0), Optional.of(routed.get(1)));
    }
    if (options.checkpointing()) {
      return new CheckpointedTrace(
          scope, kernels, config, forward, base, batch, index, active, dropout);
    }
    NDArray rows = forward.hidden(scope, batch, index, active, true, dropout);
    return new WholeTrace(kernels, rows, Optional.empty());
  }

  /**
   * Where the hidden states of a sequence first hold what is not finite ({@code layer 3 of 32}, the
   * embeddings, the final norm); empty if nowhere.
   */
  public Optional<String> firstNonFinite(int[] ids, List<Adapter> active) {
    return forward.firstNonFinite(ids, active);
  }

  /**
   * Logits of picked rows: float32 (N, V).
   *
   * @param active adapters that take part; the last with an output head of its own gives that
   */
  public NDArray logits(NDManager scope, NDArray rows, List<Adapter> active) {
    return head.logits(scope, rows, active);
  }

  /**
   * Log-probabilities of targets and entropies of the distributions, one function for scoring,
   * reference and update.
   *
   * @param rows hidden states (N, H)
   * @param targets next tokens (N)
   * @param active as of {@link #logits}
   * @param temperature divides the logits
   * @return log p (N) with a graph if asked, and entropy (N) without; nats, float32
   */
  public NDList logProbs(
      NDManager scope,
      NDArray rows,
      long[] targets,
      List<Adapter> active,
      double temperature,
      boolean graph) {
    return head.logProbs(scope, rows, targets, active, temperature, graph);
  }

  /**
   * Weighted negative log-likelihood with its gradient formed on the way, in chunks of the
   * vocabulary product, so that logits of all positions never exist at once.
   *
   * @param active as of {@link #logits}
   */
  public NllResult nll(
      NDManager scope, NDArray rows, long[] targets, float[] weights, List<Adapter> active) {
    return nll(scope, rows, targets, weights, active, TokenLoss.NLL);
  }

  /** As {@link #nll(NDManager, NDArray, long[], float[], List)}, in another form. */
  public NllResult nll(
      NDManager scope,
      NDArray rows,
      long[] targets,
      float[] weights,
      List<Adapter> active,
      TokenLoss form) {
    return head.nll(scope, rows, targets, weights, active, form);
  }

  /** The scalar head that scores with these adapters: the last adapter's own, else the model's. */
  public NDArray scoreHead(List<Adapter> active) {
    return head.scoreHead(active);
  }

  /**
   * Flat position whose hidden state scores a row: its last token, or the first of an encoder's,
   * which is a virtual one where there are any.
   */
  public long scoreIndex(TokenBatch batch, int row) {
    return config.attention().causal()
        ? batch.index(row, batch.lengths()[row] - 1)
        : TokenBatch.front(row);
  }

  /** Scores of picked rows: float32 (N, labels). */
  public NDArray scores(NDManager scope, NDArray rows, List<Adapter> active, boolean graph) {
    return head.scores(scope, rows, active, graph);
  }

  /**
   * Adds the output head's own gradients to those of its parameters, where they are asked for (tied
   * embeddings have both).
   *
   * @param active of the call that gave the loss
   */
  public void addHeadGradient(
      List<Parameter> parameters, List<NDArray> gradients, NllResult loss, List<Adapter> active) {
    head.addGradient(parameters, gradients, loss, active);
  }

  /** A session of generation with these adapters, merged into the weights where that can be. */
  public DecodingSession session(List<Adapter> active) {
    return session(scope -> layers.merged(active));
  }

  /** A session of generation over a batch whose rows have these adapters. */
  public DecodingSession session(RowAdapters adapters) {
    return adapters instanceof RowAdapters.Each each
        ? session(scope -> layers.of(each, scope))
        : session(((RowAdapters.All) adapters).active());
  }

  private DecodingSession session(Function<NDManager, LayerWeights.Joined> joined) {
    return new DecodingSession(manager, kernels, head, joined, rotary, masks, config);
  }

  /** Writes the base (adapters not merged) as a Hugging Face folder that exists already. */
  public void save(Path folder) {
    ModelWriter.write(folder, config, base, List.of(), kernels, manager);
  }

  /**
   * Refuses adapters that cannot become part of the base's weights.
   *
   * @throws IllegalArgumentException naming the adapter and why
   */
  public void requireMergeable(List<Adapter> active) {
    active.forEach(adapter -> ModelWriter.requireMergeable(adapter, base));
  }

  /**
   * Writes the base with adapters merged in float32. A head that the base has no place for is left
   * behind.
   *
   * @throws IllegalArgumentException as {@link #requireMergeable}
   */
  public void saveMerged(Path folder, List<Adapter> active) {
    ModelWriter.write(folder, config, base, active, kernels, manager);
  }

  @Override
  public void close() {
    layers.forget();
    manager.close();
  }
}
