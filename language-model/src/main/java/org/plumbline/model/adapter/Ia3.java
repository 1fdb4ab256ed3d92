package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TensorRef;

/**
 * (IA)³ (Liu et al. 2022, arXiv 2205.05638): factors on keys, values and the inputs of the MLP's
 * last layer.
 *
 * @param targets modules whose outputs, or inputs, are scaled, as of {@link Lora}
 * @param feedForward those of them whose inputs are
 */
public record Ia3(List<String> targets, List<String> feedForward) implements AdapterMethod {
  public Ia3 {
    targets = List.copyOf(targets);
    feedForward = List.copyOf(feedForward);
  }

  @Override
  public String peftType() {
    return "IA3";
  }

  @Override
  public void build(AdapterTensors tensors, AdapterParts parts) {
    List<TensorRef> chosen =
        tensors.fromFolder()
            ? tensors.layout().all().stream()
                .filter(ref -> !ref.bias() && tensors.stored(name(ref)).isPresent())
                .toList()
            : Targets.of(tensors.layout(), targets, "ia3.targets");
    for (TensorRef ref : chosen) {
      if (ref.role() == Role.TOKEN_EMBEDDING) {
        throw new IllegalArgumentException("ia3.targets: embeddings cannot be scaled");
      }
      boolean inputs = Targets.matches(ref, feedForward);
      if (inputs && sharesInputs(tensors.layout(), ref)) {
        throw new IllegalArgumentException(
            "ia3.feed_forward: %s reads the same inputs as the modules beside it, which cannot be scaled for it alone; name the last layer of the MLP"
                .formatted(ref.module()));
      }
      long[] shape =
          inputs ? new long[] {1, Targets.inputs(ref)} : new long[] {Targets.outputs(ref), 1};
      parts.rescale(
          ref, new Rescale(tensors.parameter(name(ref), AdapterTensors.Start.ONES, shape), inputs));
    }
  }

  /** Whether other modules of its layer are multiplied with it in one product. */
  private static boolean sharesInputs(TensorLayout layout, TensorRef ref) {
    return switch (ref.role()) {
      case QUERY, KEY, VALUE, GATE -> true;
      case UP -> layout.find(Role.GATE, ref.layer(), false).isPresent();
      default -> false;
    };
  }

  private static String name(TensorRef ref) {
    return PeftFolder.PREFIX + ref.module() + ".ia3_l";
  }

  @Override
  public void describe(ObjectNode json) {
    PeftJson.putTargets(json, targets);
    feedForward.forEach(json.putArray("feedforward_modules")::add);
    json.put("init_ia3_weights", true);
  }

  /** From a folder's {@code adapter_config.json}. */
  static Ia3 read(PeftJson json) {
    return new Ia3(new ArrayList<>(json.targets()), json.strings("feedforward_modules"));
  }
}
