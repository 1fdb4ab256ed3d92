package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.tensor.Parameter;

/**
 * Low-rank adaptation (Hu et al. 2021): y = W x + scale · B A x, with the rank-stabilised scale of
 * Kalajdzievski 2023 and the magnitudes of DoRA (Liu et al. 2024) as options.
 *
 * @param rank r, rows of A
 * @param alpha numerator of the scale
 * @param dropout share of A's inputs set to zero in training, [0, 1)
 * @param targets module names or their last parts ({@code q_proj}), {@code all-linear}, or one
 *     regular expression over the whole module name
 * @param rankStabilised true for scale = alpha / sqrt(r), false for alpha / r
 * @param dora true for a trained magnitude per output
 * @param start of the matrices
 * @param bias which biases of the base are trained too
 * @param layers the only layers that are tuned, none for all
 * @param rankPattern ranks of modules whose names end in a key, a regular expression
 * @param alphaPattern alphas of the same kind
 */
public record Lora(
    int rank,
    double alpha,
    double dropout,
    List<String> targets,
    boolean rankStabilised,
    boolean dora,
    LoraStart start,
    TrainedBias bias,
    List<Integer> layers,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern)
    implements AdapterMethod {
  /** Every linear layer but the output head. */
  public static final String ALL_LINEAR = Targets.ALL_LINEAR;

  private static final String TARGETS = "lora.targets";

  public Lora {
    if (rank < 1) {
      throw new IllegalArgumentException("lora.rank=%d must be at least 1".formatted(rank));
    }
    if (!(alpha > 0)) {
      throw new IllegalArgumentException("lora.alpha=%s must be above 0".formatted(alpha));
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("lora.dropout=%s must be in [0, 1)".formatted(dropout));
    }
    if (targets.isEmpty()) {
      throw new IllegalArgumentException(
          "lora.targets is empty; needed: module names such as q_proj, or all-linear");
    }
    targets = List.copyOf(targets);
    layers = List.copyOf(layers);
    rankPattern = Map.copyOf(rankPattern);
    alphaPattern = Map.copyOf(alphaPattern);
  }

  /** Plain LoRA. */
  public static Lora of(int rank, double alpha, double dropout, List<String> targets) {
    return new Lora(
        rank,
        alpha,
        dropout,
        targets,
        false,
        false,
        LoraStart.NORMAL,
        TrainedBias.NONE,
        List.of(),
        Map.of(),
        Map.of());
  }

  @Override
  public String peftType() {
    return "LORA";
  }

  @Override
  public void build(AdapterTensors tensors, AdapterParts parts) {
    if (tensors.fromFolder()) {
      for (TensorRef ref : tensors.layout().all()) {
        tensors
            .stored(names(ref).get(0))
            .filter(shape -> !ref.bias() && tensors.stored(names(ref).get(1)).isPresent())
            .ifPresent(
                shape -> parts.lowRank(ref, pair(tensors, ref, Math.toIntExact(rankOf(shape)))));
      }
    } else {
      for (TensorRef ref : Targets.of(tensors.layout(), targets, TARGETS)) {
        if (layers.isEmpty() || layers.contains(ref.layer())) {
          parts.lowRank(ref, pair(tensors, ref, rank(ref)));
        }
      }
    }
    biases(tensors, parts);
  }

  private static long rankOf(long[] shape) {
    return shape.length == 2 ? shape[0] : 0;
  }

  /** Names of A and B. */
  private static List<String> names(TensorRef ref) {
    String prefix = PeftFolder.PREFIX + ref.module();
    return ref.role() == Role.TOKEN_EMBEDDING
        ? List.of(prefix + ".lora_embedding_A", prefix + ".lora_embedding_B")
        : List.of(prefix + ".lora_A.weight", prefix + ".lora_B.weight");
  }

  private LowRank pair(AdapterTensors tensors, TensorRef ref, int r) {
    long in = Targets.inputs(ref);
    long out = Targets.outputs(ref);
    if (!tensors.fromFolder() && r > Math.min(in, out)) {
      throw new IllegalArgumentException(
          "lora.rank=%d is above the smaller side of %s (%d × %d); a full matrix would be smaller"
              .formatted(r, ref.module(), out, in));
    }
    if (dora && ref.role() == Role.TOKEN_EMBEDDING) {
      throw new IllegalArgumentException(
          "lora.targets names the embeddings %s, whose magnitudes (dora) are not supported; use lora, or leave them out"
              .formatted(ref.module()));
    }
    AdapterTensors.Start noise = AdapterTensors.Start.normal(ref.module(), 1.0 / r);
    AdapterTensors.Start more = AdapterTensors.Start.normal(ref.module() + ".B", 1.0 / r);
    AdapterTensors.Start zeros = AdapterTensors.Start.ZEROS;
    AdapterTensors.Start a =
        switch (start) {
          case NORMAL, BOTH_NORMAL -> noise;
          case KAIMING -> AdapterTensors.Start.uniform(ref.module(), 1 / Math.sqrt(in));
          case SWAPPED -> zeros;
        };
    boolean fromZero = start == LoraStart.NORMAL || start == LoraStart.KAIMING;
    List<String> names = names(ref);
    Parameter down = tensors.parameter(names.get(0), a, r, in);
    Parameter up = tensors.parameter(names.get(1), fromZero ? zeros : more, out, r);
    Optional<Parameter> magnitude =
        dora
            ? Optional.of(
                tensors.parameter(
                    PeftFolder.PREFIX + ref.module() + ".lora_magnitude_vector",
                    (values, seed) -> rowNorms(tensors.baseValues(ref), ref, values),
                    out))
            : Optional.empty();
    return new LowRank(down, up, scale(ref, r), Optional.empty(), magnitude);
  }

  /** DoRA starts at the base's own norms, so that it changes nothing yet. */
  private static void rowNorms(float[] weights, TensorRef ref, float[] norms) {
    double[] squares = new double[norms.length];
    int columns = ref.shape().get(1).intValue();
    for (int i = 0; i < weights.length; i++) {
      squares[ref.transposed() ? i % columns : i / columns] += (double) weights[i] * weights[i];
    }
    for (int i = 0; i < norms.length; i++) {
      norms[i] = (float) Math.sqrt(squares[i]);
    }
  }

  int rank(TensorRef ref) {
    return matching(rankPattern, ref).orElse(rank);
  }

  private double scale(TensorRef ref, int r) {
    double a = matching(alphaPattern, ref).orElse(alpha);
    return rankStabilised ? a / Math.sqrt(r) : a / r;
  }

  private static <T> Optional<T> matching(Map<String, T> patterns, TensorRef ref) {
    return patterns.entrySet().stream()
        .filter(e -> Pattern.matches("(.*\\.)?(" + e.getKey() + ")", ref.module()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private void biases(AdapterTensors tensors, AdapterParts parts) {
    if (bias == TrainedBias.NONE) {
      return;
    }
    for (TensorRef ref : tensors.layout().all()) {
      boolean tuned =
          parts.lowRanks.keySet().stream().anyMatch(w -> w.module().equals(ref.module()));
      if (ref.bias()
          && (ref.layer() >= 0
              || ref.role() == Role.FINAL_NORM
              || ref.role() == Role.EMBEDDING_NORM)) {
        String module = PeftFolder.PREFIX + ref.module();
        // PEFT saves the bias below a tuned layer as a part of it.
        String inside = module + ".base_layer.bias";
        String plain = module + ".bias";
        boolean wanted = bias == TrainedBias.ALL || tuned;
        if (tensors.fromFolder()) {
          Stream.of(inside, plain)
              .filter(name -> tensors.stored(name).isPresent())
              .findFirst()
              .ifPresent(name -> parts.whole(ref, SavedModules.parameter(tensors, ref, name)));
        } else if (wanted) {
          parts.whole(ref, SavedModules.parameter(tensors, ref, tuned ? inside : plain));
        }
      }
    }
  }

  @Override
  public void describe(ObjectNode json) {
    json.put("r", rank);
    putNumber(json, "lora_alpha", alpha);
    json.put("lora_dropout", dropout);
    json.put("bias", bias.name().toLowerCase(Locale.ROOT));
    if (start == LoraStart.BOTH_NORMAL) {
      json.put("init_lora_weights", false);
    } else {
      json.put("init_lora_weights", true);
    }
    json.put("use_rslora", rankStabilised);
    json.put("use_dora", dora);
    PeftJson.putTargets(json, targets);
    if (!layers.isEmpty()) {
      layers.forEach(json.putArray("layers_to_transform")::add);
    }
    rankPattern.forEach(json.putObject("rank_pattern")::put);
    alphaPattern.forEach(json.putObject("alpha_pattern")::put);
  }

  /** As whole numbers where they are, as PEFT writes them. */
  static void putNumber(ObjectNode json, String key, double value) {
    if (value == Math.rint(value)) {
      json.put(key, (long) value);
    } else {
      json.put(key, value);
    }
  }

  /** From a folder's {@code adapter_config.json}. */
  static Lora read(PeftJson json) {
    JsonNode node = json.node();
    return new Lora(
        node.path("r").asInt(),
        node.path("lora_alpha").asDouble(),
        node.path("lora_dropout").asDouble(0),
        json.targets(),
        node.path("use_rslora").asBoolean(false),
        node.path("use_dora").asBoolean(false),
        LoraStart.NORMAL,
        json.choice("bias", TrainedBias.class, TrainedBias.NONE),
        json.integers("layers_to_transform"),
        json.map("rank_pattern", JsonNode::asInt),
        json.map("alpha_pattern", JsonNode::asDouble));
  }
}
