package org.plumbline.training.memory;

import java.util.Map;
import org.plumbline.model.adapter.AdapterShape;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.training.OptimizerConfig;
import org.plumbline.training.OptimizerKind;
import org.plumbline.training.TuningMethod;

/**
 * Bytes that a training needs, from shapes alone. The rules are those of docs/algorithms/memory.md,
 * in its order.
 */
public final class TrainingMemory {
  /**
   * Java heap as far as a stage touches it, program and libtorch; measured
   * (docs/measurements.md#memory-plan).
   */
  private static final long PROGRAM = 330L << 20;

  /**
   * What activations take over what they hold: blocks of up to 32 MiB lie in the arenas of glibc's
   * malloc, which give little back between the passes of a step; measured in the same place.
   */
  private static final double ALLOCATOR = 1.5;

  /**
   * The same of a layer that is computed again: its activations and their gradients come and go
   * once per layer, in blocks of other sizes each time; measured in the same place.
   */
  private static final double ALLOCATOR_AGAIN = 4.2;

  /** Bound on buffers outside the Java heap: the launcher's heap size. */
  private static final long BUFFERS = 1L << 30;

  private static final int FLOAT = WeightBytes.FLOAT;

  private final TrainingShape shape;
  private final WeightBytes weights;
  private final AdapterShape adapter;
  private final LayerActivations layers;
  private final int width;

  /**
   * Of a shape.
   *
   * @throws IllegalArgumentException if the method does not fit the model
   */
  public TrainingMemory(TrainingShape shape) {
    this.shape = shape;
    this.weights = new WeightBytes(shape.model(), shape.compute());
    this.adapter =
        shape.tuning().isFull()
            ? new AdapterShape(0, Map.of(), false)
            : AdapterShape.of(
                shape.tuning().adapter(shape.model(), 1000),
                shape.tuning().modulesToSave(),
                shape.model());
    this.layers = new LayerActivations(shape, weights.layout(), adapter.ranks());
    this.width = shape.compute().bytes();
  }

  /** The plan of a stage that trains this model and nothing else. */
  public MemoryPlan plan() {
    long held = heldWeights();
    long fixed = fixed(shape.model());
    return new MemoryPlan(
        held,
        gradients(),
        optimizer(),
        activations(),
        0,
        logits(),
        fixed,
        held + optimizer() + fixed + Math.max(whileBackward(), whileStepping()));
  }

  /** Base, adapter, copies and best weights. */
  public long heldWeights() {
    return (shape.tuning().isFull() ? 0 : weights.frozen(shape.quantised())) + ownWeights();
  }

  /** What this training adds to a frozen base, or the whole of a trained one. */
  public long ownWeights() {
    long masters = trained() * FLOAT;
    long all = shape.tuning().isFull() ? weights.parameters() * FLOAT : masters;
    long copies = shape.tuning().isFull() ? weights.copies() : weights.joined(adapter.ranks());
    return all
        + copies
        + (shape.quantised() ? weights.unpackedLayer() : 0)
        + (shape.keepsBest() ? masters : 0);
  }

  /** Whether sampling makes copies of the linear layers with the adapter in them. */
  public boolean mergesForSampling() {
    return !adapter.ranks().isEmpty() && !shape.quantised();
  }

  private long trained() {
    return shape.tuning().isFull()
        ? weights.trained(shape.tuning().freeze().layers(), shape.tuning().freeze().embeddings())
        : adapter.parameters();
  }

  /** Parts of a step computed side by side: a small model's. */
  private int lanes() {
    boolean sideBySide = TransformerModel.isSmall(shape.model()) && shape.tuning().dropout() == 0;
    int threads = sideBySide ? Runtime.getRuntime().availableProcessors() : 1;
    return Math.min(threads, shape.parts());
  }

  /** Float32, those of the parts under way beside the sum so far. */
  public long gradients() {
    int copies = lanes() + (shape.parts() > lanes() ? 1 : 0);
    return copies * trained() * FLOAT;
  }

  /** State of the update rule. */
  public long optimizer() {
    OptimizerConfig rule = shape.optimizer();
    double perWeight =
        switch (rule.kind()) {
          case ADAM, ADAMW, RMSPROP -> 2;
          // Codes of one byte and a scale for each 256 of them.
          case ADAMW_8BIT -> 2 * (0.25 + 1.0 / 256);
          case SGD, ADAGRAD -> 1;
          case MUON -> shape.tuning().isFull() ? 1 + outsideLayers() : 1;
          case ADAFACTOR -> 0;
        };
    perWeight += (rule.amsgrad() ? 1 : 0) + (rule.centered() ? 1 : 0);
    // Rows and columns of matrices, a per mille of the weights.
    double factored = rule.kind() == OptimizerKind.ADAFACTOR ? 0.002 : 0;
    return Math.round(trained() * FLOAT * (perWeight + factored));
  }

  /** Share of the weights that Muon leaves to AdamW. */
  private double outsideLayers() {
    double inside = (double) weights.layer() * shape.model().layers();
    return 1 - inside / weights.parameters();
  }

  /** What gradients wait for, of all parts under way. */
  public long activations() {
    long tokens = (long) shape.rows() * length();
    long hidden = (long) width * shape.model().hiddenSize();
    long attention = layers.attention(shape.rows(), length());
    long layer = attention + layers.rest(tokens);
    long last = attention + layers.rest(wanted());
    int count = shape.model().layers();
    double kept =
        again()
            ? ALLOCATOR * count * tokens * hidden + ALLOCATOR_AGAIN * layer
            : ALLOCATOR * ((count - 1) * layer + last);
    return lanes() * Math.round(kept + ALLOCATOR * wanted() * hidden);
  }

  /** Whether layers are computed again for gradients. */
  private boolean again() {
    return shape.tuning().gradientCheckpointing() || shape.quantised();
  }

  /** Tokens of the longest row with those that an adapter puts in front. */
  private int length() {
    TuningMethod method = shape.tuning().chosen();
    boolean inFront = method == TuningMethod.PROMPT_TUNING || method == TuningMethod.P_TUNING;
    return shape.length() + (inFront ? shape.tuning().virtualTokens().count() : 0);
  }

  private long wanted() {
    return (long) shape.rows() * shape.wanted();
  }

  /** Logits and what becomes of them, of all parts under way. */
  public long logits() {
    return lanes() * (outputs() + headGradient());
  }

  private long outputs() {
    long vocabulary = shape.model().vocabSize();
    long chunk = Math.min(wanted(), chunk(shape.model()));
    return switch (shape.output()) {
      case SCORES -> 0;
      // Logits and their log-softmax.
      case LOSS -> 2 * FLOAT * chunk * vocabulary;
      // Log-softmax of all positions is kept, and three chunks are in work.
      case LOG_PROBS -> FLOAT * vocabulary * (wanted() + 3 * chunk);
    };
  }

  /** A trained head: its gradient, the chunk's share of it, and its copy in the compute dtype. */
  private long headGradient() {
    if (!trainsHead() || shape.output() == TrainingShape.Output.SCORES) {
      return 0;
    }
    return embeddings() * (2 * FLOAT + (width == FLOAT ? 0 : 2 * width));
  }

  private boolean trainsHead() {
    return shape.tuning().isFull() || adapter.outputHead();
  }

  /** Weights of the embeddings, or of an output head. */
  private long embeddings() {
    return (long) shape.model().vocabSize() * shape.model().hiddenSize();
  }

  /** Rows of logits at once, as OutputHead has it. */
  static long chunk(TransformerConfig model) {
    return Math.max(16, (16 << 20) / model.vocabSize());
  }

  /** Activations at their height, with the sum of the gradients of earlier parts. */
  private long whileBackward() {
    long before = gradients() - lanes() * trained() * FLOAT;
    // Layer by layer, gradients have their place from the beginning.
    long layer = again() && shape.tuning().isFull() ? weights.layer() * FLOAT : 0;
    return (again() ? gradients() : before) + layer + activations() + logits();
  }

  /** All gradients, no activations; the update rule's intermediate arrays. */
  private long whileStepping() {
    // An adapter's own matrices are small.
    long modules = shape.tuning().modulesToSave().isEmpty() ? 0 : embeddings();
    long largest = shape.tuning().isFull() ? weights.largest() : modules;
    boolean chunks = trainsHead() && shape.output() == TrainingShape.Output.LOSS;
    long head = chunks ? FLOAT * embeddings() : 0;
    return gradients() + lanes() * head + 2 * FLOAT * largest;
  }

  /** The larger of the two moments of a step, beyond weights and the rule's state. */
  public long step() {
    return Math.max(whileBackward(), whileStepping());
  }

  /** What every stage has that opens this model. */
  public static long fixed(TransformerConfig model) {
    WeightBytes bytes = new WeightBytes(model, model.dtype());
    // Tensors are read through one buffer; bfloat16 is widened in one of its own each.
    boolean wide = model.dtype().bytes() < FLOAT;
    long buffers = wide ? Math.min(BUFFERS, bytes.parameters() * FLOAT) : bytes.largest() * FLOAT;
    return PROGRAM + buffers;
  }
}
