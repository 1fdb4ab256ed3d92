package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.Resolved;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.engine.Engine;
import org.plumbline.model.engine.KernelScript;
import org.plumbline.model.engine.Lanes;
import org.plumbline.model.lora.LoraAdapter;
import org.plumbline.model.lora.LoraConfig;
import org.plumbline.model.lora.PeftFolder;
import org.plumbline.model.safetensors.WeightFolder;
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
  private final LayerWeights layers;
  private final Lanes lanes;
  private final Map<String, LoraAdapter> adapters = new LinkedHashMap<>();

  private TransformerModel(
      NDManager manager, TransformerConfig config, LoadOptions options, SourceFactory source) {
    this.manager = manager;
    this.config = config;
    this.options = options;
    this.carrier = new TensorCarrier(manager);
    this.kernels =
        KernelScript.load(
            manager,
            "/org/plumbline/model/kernels/transformer.py",
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
    boolean small = config.hiddenSize() <= SMALL && !manager.getDevice().isGpu();
    this.lanes = small ? Lanes.all() : Lanes.ONE;
  }

  private interface SourceFactory {
    TensorSource create(TensorCarrier carrier);
  }

  /**
   * Loads a Hugging Face folder.
   *
   * @throws ModelFormatException naming file, key or tensor if the folder cannot be read as it is
   */
  public static TransformerModel load(Path folder, LoadOptions options) {
    TransformerConfig config = TransformerConfig.read(folder);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      return open(
          config,
          options,
          carrier ->
              TensorSource.folder(weights, TensorLayout.of(config).verify(weights), carrier));
    }
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
    TransformerConfig stored = TransformerConfig.read(folder);
    if (stored.head() == head) {
      return load(folder, options);
    }
    TransformerConfig config = stored.withHead(head, labels);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      return open(
          config,
          options,
          carrier -> {
            TensorSource fresh = TensorSource.random(seed, config, carrier);
            Resolved found = TensorLayout.of(stored).verify(weights);
            TensorSource file = TensorSource.folder(weights, found, carrier);
            return (scope, ref, dtype) ->
                (found.stored().containsKey(ref) ? file : fresh).read(scope, ref, dtype);
          });
    }
  }

  /** A model with random weights. */
  public static TransformerModel create(TransformerConfig config, LoadOptions options, long seed) {
    return open(config, options, carrier -> TensorSource.random(seed, config, carrier));
  }

  private static TransformerModel open(
      TransformerConfig config, LoadOptions options, SourceFactory source) {
    NDManager manager = Engine.manager(options.device());
    try {
      return new TransformerModel(manager, config, options, source);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** Sizes and special ids. */
  public TransformerConfig config() {
    return config;
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

  /** Adds a fresh adapter that changes nothing yet. */
  public LoraAdapter addAdapter(String name, LoraConfig lora, int headWidth, long seed) {
    return register(
        LoraAdapter.create(
            manager,
            base.layout(),
            name,
            lora,
            headWidth,
            config.hiddenSize(),
            seed,
            this::changed));
  }

  /** Loads an adapter from a PEFT folder. */
  public LoraAdapter loadAdapter(String name, Path folder) {
    return register(
        PeftFolder.load(folder, name, manager, base.layout(), config.hiddenSize(), this::changed));
  }

  private LoraAdapter register(LoraAdapter adapter) {
    if (adapters.putIfAbsent(adapter.name(), adapter) != null) {
      throw new IllegalArgumentException("adapter %s exists already".formatted(adapter.name()));
    }
    return adapter;
  }

  /** Saves an adapter as a PEFT folder; {@code base} is what it will name as its base model. */
  public void saveAdapter(LoraAdapter adapter, Path folder, String base) {
    boolean fanInFanOut =
        this.base.layout().all().stream().anyMatch(ref -> ref.transposed() && !ref.bias());
    PeftFolder.save(adapter, folder, base, fanInFanOut, carrier);
  }

  /** Forgets what was derived from trained tensors; run after each write. */
  private void changed() {
    layers.forget();
  }

  /**
   * Hidden states after the final norm at the positions wanted: compute dtype (N, H). Past the last
   * layer's attention nothing is computed for the others.
   *
   * @param index flat positions {@link TokenBatch#index}
   * @param active adapters that take part, none for the base
   * @param graph true to build the graph of gradients
   * @param dropout share of adapter inputs dropped; draws from the engine's own generator
   */
  public NDArray hidden(
      NDManager scope,
      TokenBatch batch,
      long[] index,
      List<LoraAdapter> active,
      boolean graph,
      double dropout) {
    try (NDManager inner = manager.newSubManager()) {
      Pass pass = begin(inner, batch, graph);
      int last = config.layers() - 1;
      for (int layer = 0; layer < last; layer++) {
        pass.next(pass.call("layer", layer, layers.of(layer, active, inner, graph), dropout));
      }
      List<NDArray> weights = layers.of(last, active, inner, graph);
      NDArray rows =
          pass.call("last_layer", last, weights, dropout, inner.create(index)).singletonOrThrow();
      return top(scope, rows, graph);
    }
  }

  /**
   * Hidden states as {@link #hidden}, with a graph, and the experts' load-balancing loss: a float32
   * scalar over all real tokens of the batch, weight not applied.
   */
  public NDList routed(
      NDManager scope, TokenBatch batch, long[] index, List<LoraAdapter> active, double dropout) {
    try (NDManager inner = manager.newSubManager()) {
      Pass pass = begin(inner, batch, true);
      List<NDArray> routes = new ArrayList<>();
      for (int layer = 0; layer < config.layers(); layer++) {
        NDList out =
            pass.call("routed_layer", layer, layers.of(layer, active, inner, true), dropout);
        pass.next(new NDList(out.get(0)));
        routes.add(out.get(1));
      }
      float[] real = new float[batch.rows() * batch.width()];
      for (int b = 0; b < batch.rows(); b++) {
        Arrays.fill(real, b * batch.width(), b * batch.width() + batch.lengths()[b], 1f);
      }
      NDArray balance =
          kernels.one(scope, true, "balance_loss", routes, inner.create(real).duplicate());
      NDArray rows = kernels.one(inner, true, "rows", pass.x, inner.create(index));
      return new NDList(top(scope, rows, true), balance);
    }
  }

  /** What all layers of one forward pass share, and the hidden states on their way. */
  private final class Pass {
    private final NDManager scope;
    private final boolean graph;
    private final List<NDArray> masked;
    private final List<NDList> turned;
    private NDArray x;

    Pass(NDManager scope, boolean graph, NDArray x, List<NDArray> masked, List<NDList> turned) {
      this.scope = scope;
      this.graph = graph;
      this.x = x;
      this.masked = masked;
      this.turned = turned;
    }

    NDList call(String kernel, int layer, List<NDArray> weights, double dropout, Object... more) {
      int kind = masks.kind(layer);
      NDList rope = turned.get(Math.min(kind, turned.size() - 1));
      List<Object> args = new ArrayList<>();
      args.addAll(List.of(x, rope.get(0), rope.get(1), masked.get(kind)));
      args.addAll(List.of(config.attentionScale(layer), weights, dropout));
      args.addAll(List.of(more));
      return kernels.call(scope, graph, kernel, args.toArray());
    }

    void next(NDList out) {
      x.close();
      x = out.singletonOrThrow();
    }
  }

  private Pass begin(NDManager scope, TokenBatch batch, boolean graph) {
    requireLength(batch.width());
    Shape shape = new Shape(batch.rows(), batch.width());
    NDArray ids = scope.create(batch.ids(), shape);
    NDArray types =
        batch.types().length == 0 ? ids.zerosLike() : scope.create(batch.types(), shape);
    NDArray positions = positions(scope, batch, batch.positions());
    NDArray x = kernels.one(scope, graph, "embed", ids, positions, types, base.embeddings());
    List<NDList> turned = new ArrayList<>();
    for (RotaryTables tables : rotary) {
      RotaryTables.Turns turns = tables.of(batch.sequenceLengths(), scope);
      NDArray places = positions(scope, batch, batch.positions(turns.offsets()));
      turned.add(kernels.call(scope, "rope", places, turns.cos(), turns.sin()));
    }
    return new Pass(scope, graph, x, masks.of(batch, scope), turned);
  }

  private static NDArray positions(NDManager scope, TokenBatch batch, long[] flat) {
    return scope.create(flat, new Shape(flat.length / batch.width(), batch.width()));
  }

  /** The final norm, and an encoder's layer before its head. */
  private NDArray top(NDManager scope, NDArray rows, boolean graph) {
    NDArray transform = base.outside(Role.HEAD_TRANSFORM, false);
    if (transform == base.empty()) {
      return kernels.one(
          scope,
          graph,
          "final_norm",
          rows,
          base.outside(Role.FINAL_NORM, false),
          base.outside(Role.FINAL_NORM, true));
    }
    List<NDArray> weights =
        List.of(
            transform,
            base.outside(Role.HEAD_TRANSFORM, true),
            base.outside(Role.HEAD_NORM, false),
            base.outside(Role.HEAD_NORM, true));
    return kernels.one(scope, graph, "head_transform", rows, weights);
  }

  /** Refuses sequences longer than learned positions reach. */
  private void requireLength(int width) {
    if (base.outside(Role.POSITION_EMBEDDING, false) != base.empty()
        && width > config.maxPositions()) {
      throw new IllegalArgumentException(
          "a sequence has %d tokens but the model has %d learned positions; shorten the rows"
              .formatted(width, config.maxPositions()));
    }
  }

  /** Logits of picked rows: float32 (N, V). */
  public NDArray logits(NDManager scope, NDArray rows) {
    return kernels.one(scope, false, "logits", rows, base.head(), headBias());
  }

  /**
   * Log-probabilities of targets and entropies of the distributions, one function for scoring,
   * reference and update.
   *
   * @param rows hidden states (N, H)
   * @param targets next tokens (N)
   * @param temperature divides the logits
   * @return log p (N) with a graph if asked, and entropy (N) without; nats, float32
   */
  public NDList logProbs(
      NDManager scope, NDArray rows, long[] targets, double temperature, boolean graph) {
    try (NDArray y = scope.create(targets)) {
      return kernels.call(
          scope, graph, "log_probs", rows, base.head(), headBias(), y, temperature, chunk());
    }
  }

  /**
   * Weighted negative log-likelihood with its gradient formed on the way, in chunks of the
   * vocabulary product, so that logits of all positions never exist at once.
   */
  public NllResult nll(NDManager scope, NDArray rows, long[] targets, float[] weights) {
    NDArray y = scope.create(targets);
    NDArray w = scope.create(weights);
    NDList out =
        kernels.call(scope, "nll", rows, base.head(), headBias(), y, w, base.trained(), chunk());
    return new NllResult(
        out.get(0).getFloat(),
        out.get(1).toFloatArray(),
        out.get(2).toFloatArray(),
        out.get(3),
        out.get(4),
        out.get(5));
  }

  private NDArray headBias() {
    return base.outside(Role.LM_HEAD, true);
  }

  /** Rows of logits at once: about 64 MB of float32. */
  private int chunk() {
    return Math.max(16, (16 << 20) / config.vocabSize());
  }

  /** The scalar head that scores with these adapters: the last adapter's own, else the model's. */
  public NDArray scoreHead(List<LoraAdapter> active) {
    NDArray head = base.outside(Role.SCORE, false);
    for (LoraAdapter adapter : active) {
      if (adapter.head().isPresent()) {
        head = adapter.head().get().value();
      }
    }
    if (head == base.empty()) {
      throw new IllegalStateException(
          "the model has no score head; needed: a *ForSequenceClassification folder or an adapter with one");
    }
    return head;
  }

  /** Flat position whose hidden state scores a row: its last token, or an encoder's first. */
  public long scoreIndex(TokenBatch batch, int row) {
    return batch.index(row, config.attention().causal() ? batch.lengths()[row] - 1 : 0);
  }

  /** Scores of picked rows: float32 (N, labels). */
  public NDArray scores(NDManager scope, NDArray rows, List<LoraAdapter> active, boolean graph) {
    NDArray pooler = base.outside(Role.POOLER, false);
    NDArray pooled =
        pooler == base.empty()
            ? rows
            : kernels.one(scope, graph, "pool", rows, pooler, base.outside(Role.POOLER, true));
    return kernels.one(
        scope, graph, "scores", pooled, scoreHead(active), base.outside(Role.SCORE, true));
  }

  /**
   * d (Σ outputs · outputGrads) / d parameter, float32, in the order of the parameters.
   *
   * @param outputs tensors with a graph
   * @param outputGrads of the same shapes and dtypes
   */
  public List<NDArray> gradients(
      NDManager scope,
      List<NDArray> outputs,
      List<NDArray> outputGrads,
      List<Parameter> parameters) {
    List<NDArray> leaves = parameters.stream().map(Parameter::value).toList();
    return new ArrayList<>(kernels.call(scope, true, "gradients", outputs, outputGrads, leaves));
  }

  /**
   * Adds the output head's own gradients to those of its parameters (tied embeddings have both).
   */
  public void addHeadGradient(List<Parameter> parameters, List<NDArray> gradients, NllResult loss) {
    add(parameters, gradients, base.headParameter(), loss.headGrad());
    base.headBias().ifPresent(bias -> add(parameters, gradients, bias, loss.biasGrad()));
  }

  private void add(
      List<Parameter> parameters, List<NDArray> gradients, Parameter one, NDArray gradient) {
    int at = parameters.indexOf(one);
    if (at >= 0) {
      carrier.add(List.of(gradients.get(at)), List.of(gradient));
    }
  }

  /** A session of generation with these adapters; {@code capacity} positions per row. */
  public DecodingSession session(List<LoraAdapter> active) {
    return new DecodingSession(
        manager, kernels, base, layers.merged(active), rotary, masks, config);
  }

  /** Writes the base (adapters not merged) as a Hugging Face folder that exists already. */
  public void save(Path folder) {
    ModelWriter.write(folder, config, base, List.of(), kernels, manager);
  }

  /** Writes the base with adapters merged in float32. */
  public void saveMerged(Path folder, List<LoraAdapter> active) {
    ModelWriter.write(folder, config, base, active, kernels, manager);
  }

  @Override
  public void close() {
    layers.forget();
    manager.close();
  }
}
