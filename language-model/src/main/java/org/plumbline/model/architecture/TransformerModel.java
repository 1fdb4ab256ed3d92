package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.Head;
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
public final class DecoderModel implements AutoCloseable {
  /** Widest hidden states whose products cannot feed all threads at once (measured on two). */
  private static final int SMALL = 256;

  private final NDManager manager;
  private final TransformerConfig config;
  private final LoadOptions options;
  private final KernelScript kernels;
  private final TensorCarrier carrier;
  private final BaseWeights base;
  private final RotaryTables rotary;
  private final LayerWeights layers;
  private final Lanes lanes;
  private final Map<String, LoraAdapter> adapters = new LinkedHashMap<>();

  private DecoderModel(
      NDManager manager, TransformerConfig config, LoadOptions options, SourceFactory source) {
    this.manager = manager;
    this.config = config;
    this.options = options;
    this.carrier = new TensorCarrier(manager);
    this.kernels =
        KernelScript.load(
            manager,
            "/org/plumbline/model/kernels/decoder.py",
            KernelAttributes.of(config, options));
    this.base =
        new BaseWeights(
            manager, kernels, carrier, config, options, source.create(carrier), this::changed);
    this.rotary = new RotaryTables(manager, carrier, config, options.compute());
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
  public static DecoderModel load(Path folder, LoadOptions options) {
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
  public static DecoderModel loadAsScorer(Path folder, LoadOptions options, long seed) {
    TransformerConfig stored = TransformerConfig.read(folder);
    if (stored.head() == Head.SEQUENCE_CLASSIFICATION) {
      return load(folder, options);
    }
    TransformerConfig config = stored.asClassifier(1);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      return open(
          config,
          options,
          carrier -> {
            TensorSource fresh = TensorSource.random(seed, carrier);
            TensorSource file =
                TensorSource.folder(weights, TensorLayout.of(stored).verify(weights), carrier);
            return (scope, ref, dtype) ->
                (ref.role() == Role.SCORE ? fresh : file).read(scope, ref, dtype);
          });
    }
  }

  /** A model with random weights. */
  public static DecoderModel create(TransformerConfig config, LoadOptions options, long seed) {
    return open(config, options, carrier -> TensorSource.random(seed, carrier));
  }

  private static DecoderModel open(
      TransformerConfig config, LoadOptions options, SourceFactory source) {
    NDManager manager = Engine.manager(options.device());
    try {
      return new DecoderModel(manager, config, options, source);
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
    requireLength(batch.width());
    try (NDManager inner = manager.newSubManager()) {
      NDArray ids = inner.create(batch.ids(), new Shape(batch.rows(), batch.width()));
      NDArray positions =
          inner
              .arange(0, batch.width(), 1)
              .toType(ai.djl.ndarray.types.DataType.INT64, false)
              .expandDims(0);
      NDArray x = embed(inner, ids, positions, graph);
      NDList rope =
          kernels.call(
              inner, "rope", positions, rotary.cos(batch.width()), rotary.sin(batch.width()));
      int last = config.layers() - 1;
      for (int layer = 0; layer < last; layer++) {
        List<NDArray> weights = layers.of(layer, active, inner, graph);
        NDArray next =
            kernels.one(inner, graph, "layer", x, rope.get(0), rope.get(1), weights, dropout);
        x.close();
        x = next;
      }
      NDArray picked =
          kernels.one(
              inner,
              graph,
              "last_layer",
              x,
              rope.get(0),
              rope.get(1),
              layers.of(last, active, inner, graph),
              dropout,
              inner.create(index));
      return kernels.one(
          scope,
          graph,
          "final_norm",
          picked,
          base.outside(Role.FINAL_NORM, false),
          base.outside(Role.FINAL_NORM, true));
    }
  }

  private NDArray embed(NDManager scope, NDArray ids, NDArray positions, boolean graph) {
    return kernels.one(
        scope,
        graph,
        "embed",
        ids,
        positions,
        base.outside(Role.TOKEN_EMBEDDING, false),
        base.outside(Role.POSITION_EMBEDDING, false));
  }

  /** Refuses sequences longer than learned positions reach. */
  private void requireLength(int width) {
    if (config.rope().isEmpty() && width > config.maxPositions()) {
      throw new IllegalArgumentException(
          "a sequence has %d tokens but the model has %d learned positions; shorten the rows"
              .formatted(width, config.maxPositions()));
    }
  }

  /** Logits of picked rows: float32 (N, V). */
  public NDArray logits(NDManager scope, NDArray rows) {
    return kernels.one(scope, false, "logits", rows, base.head());
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
      return kernels.call(scope, graph, "log_probs", rows, base.head(), y, temperature, chunk());
    }
  }

  /**
   * Weighted negative log-likelihood with its gradient formed on the way, in chunks of the
   * vocabulary product, so that logits of all positions never exist at once.
   */
  public NllResult nll(NDManager scope, NDArray rows, long[] targets, float[] weights) {
    NDArray y = scope.create(targets);
    NDArray w = scope.create(weights);
    NDList out = kernels.call(scope, "nll", rows, base.head(), y, w, base.trained(), chunk());
    return new NllResult(
        out.get(0).getFloat(),
        out.get(1).toFloatArray(),
        out.get(2).toFloatArray(),
        out.get(3),
        out.get(4));
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

  /** Scores of picked rows: float32 (N, labels). */
  public NDArray scores(NDManager scope, NDArray rows, List<LoraAdapter> active, boolean graph) {
    return kernels.one(scope, graph, "scores", rows, scoreHead(active));
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

  /** Adds the output head's own gradient to that of its parameter (tied embeddings have both). */
  public void addHeadGradient(
      List<Parameter> parameters, List<NDArray> gradients, NDArray headGrad) {
    int at = parameters.indexOf(base.headParameter());
    if (at >= 0) {
      carrier.add(List.of(gradients.get(at)), List.of(headGrad));
    }
  }

  /** A session of generation with these adapters; {@code capacity} positions per row. */
  public DecodingSession session(List<LoraAdapter> active) {
    return new DecodingSession(manager, kernels, base, layers.merged(active), rotary, config);
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
