package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.tensor.Parameter;

/**
 * AdaLoRA (Zhang et al. 2023, arXiv 2303.10512): y = W x + scale · B (E ∘ A) x, whose singular
 * values E are cut away over the course of training until the rank budget is met.
 *
 * @param initialRank ranks at the start
 * @param targetRank mean rank that is left at the end
 * @param alpha numerator of the scale, alpha / initial rank
 * @param dropout share of A's inputs set to zero in training, [0, 1)
 * @param targets as of {@link Lora}
 * @param budget how the ranks go down
 */
public record AdaLora(
    int initialRank,
    int targetRank,
    double alpha,
    double dropout,
    List<String> targets,
    RankBudget budget)
    implements AdapterMethod {
  public AdaLora {
    if (initialRank < 1 || targetRank < 1 || targetRank > initialRank) {
      throw new IllegalArgumentException(
          "adalora.initial_rank=%d and adalora.target_rank=%d cannot be met; needed: 1 ≤ target ≤ initial"
              .formatted(initialRank, targetRank));
    }
    if (!(alpha > 0)) {
      throw new IllegalArgumentException("adalora.alpha=%s must be above 0".formatted(alpha));
    }
    targets = List.copyOf(targets);
  }

  @Override
  public String peftType() {
    return "ADALORA";
  }

  @Override
  public void build(AdapterTensors tensors, AdapterParts parts) {
    List<TensorRef> chosen =
        tensors.fromFolder()
            ? tensors.layout().all().stream()
                .filter(ref -> !ref.bias() && tensors.stored(name(ref, "A")).isPresent())
                .toList()
            : Targets.of(tensors.layout(), targets, "adalora.targets");
    for (TensorRef ref : chosen) {
      long rank = tensors.stored(name(ref, "A")).map(shape -> shape[0]).orElse((long) initialRank);
      parts.lowRank(ref, triple(tensors, ref, rank));
    }
  }

  private LowRank triple(AdapterTensors tensors, TensorRef ref, long rank) {
    AdapterTensors.Start a = AdapterTensors.Start.normal(ref.module(), 0.02);
    AdapterTensors.Start b = AdapterTensors.Start.normal(ref.module() + ".B", 0.02);
    Parameter down = tensors.parameter(name(ref, "A"), a, rank, Targets.inputs(ref));
    Parameter up = tensors.parameter(name(ref, "B"), b, Targets.outputs(ref), rank);
    Parameter singular = tensors.parameter(name(ref, "E"), AdapterTensors.Start.ZEROS, rank, 1);
    // The small number is PEFT's; a pruned adapter keeps the scale that it was trained with.
    double scale = alpha / (initialRank + 1e-5);
    return new LowRank(down, up, scale, Optional.of(singular), Optional.empty());
  }

  private static String name(TensorRef ref, String matrix) {
    return PeftFolder.PREFIX + ref.module() + ".lora_" + matrix;
  }

  @Override
  public void describe(ObjectNode json) {
    json.put("init_r", initialRank);
    json.put("target_r", targetRank);
    json.put("r", initialRank);
    Lora.putNumber(json, "lora_alpha", alpha);
    json.put("lora_dropout", dropout);
    json.put("bias", "none");
    json.put("tinit", budget.warmup());
    json.put("tfinal", budget.settled());
    json.put("deltaT", budget.every());
    json.put("beta1", budget.sensitivity());
    json.put("beta2", budget.uncertainty());
    json.put("orth_reg_weight", budget.orthogonality());
    json.put("total_step", budget.total());
    PeftJson.putTargets(json, targets);
  }

  /** From a folder's {@code adapter_config.json}. */
  static AdaLora read(PeftJson json) {
    JsonNode node = json.node();
    int initial = node.path("init_r").asInt(12);
    return new AdaLora(
        initial,
        Math.min(initial, node.path("target_r").asInt(8)),
        node.path("lora_alpha").asDouble(8),
        node.path("lora_dropout").asDouble(0),
        json.targets(),
        new RankBudget(
            node.path("tinit").asInt(0),
            node.path("tfinal").asInt(0),
            node.path("deltaT").asInt(1),
            node.path("total_step").asInt(0),
            node.path("beta1").asDouble(0.85),
            node.path("beta2").asDouble(0.85),
            node.path("orth_reg_weight").asDouble(0.5)));
  }
}
