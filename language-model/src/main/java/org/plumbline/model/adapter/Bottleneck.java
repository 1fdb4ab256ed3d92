package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorRef;
import org.plumbline.model.tensor.Parameter;

/**
 * Bottleneck adapters: two small layers with a residual connection after attention and MLP (Houlsby
 * et al. 2019, arXiv 1902.00751) or after the MLP alone (Pfeiffer et al. 2020, arXiv 2005.00247).
 * PEFT has no such folder; ours uses its format under a type of its own.
 *
 * @param places where they stand
 * @param reduction hidden width over bottleneck width
 * @param activation between the two layers
 */
public record Bottleneck(Places places, double reduction, Activation activation)
    implements AdapterMethod {
  static final String TYPE = "BOTTLENECK";

  /** Where the layers stand. */
  public enum Places {
    /** After attention and after the MLP. */
    HOULSBY,
    /** After the MLP. */
    PFEIFFER
  }

  /** What stands between the layers; kernels know them by their numbers. */
  public enum Activation {
    RELU,
    GELU,
    SILU,
    TANH
  }

  public Bottleneck {
    if (!(reduction >= 1)) {
      throw new IllegalArgumentException(
          "bottleneck.reduction=%s must be at least 1".formatted(reduction));
    }
  }

  @Override
  public String peftType() {
    return TYPE;
  }

  @Override
  public boolean mergeable() {
    return false;
  }

  @Override
  public void build(AdapterTensors tensors, AdapterParts parts) {
    int hidden = tensors.base().hiddenSize();
    long width = Math.max(1, Math.round(hidden / reduction));
    for (int layer = 0; layer < tensors.base().layers(); layer++) {
      if (places == Places.HOULSBY) {
        add(tensors, parts, new BottleneckLayers.Place(layer, true), hidden, width);
      }
      add(tensors, parts, new BottleneckLayers.Place(layer, false), hidden, width);
    }
  }

  private void add(
      AdapterTensors tensors,
      AdapterParts parts,
      BottleneckLayers.Place place,
      int hidden,
      long width) {
    Role role = place.afterAttention() ? Role.ATTENTION_OUTPUT : Role.DOWN;
    TensorRef beside =
        tensors
            .layout()
            .find(role, place.layer(), false)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "bottleneck adapters stand after a plain MLP, and model_type %s has experts"
                            .formatted(tensors.base().modelType())));
    String prefix = PeftFolder.PREFIX + beside.module() + ".bottleneck_";
    AdapterTensors.Start noise = AdapterTensors.Start.normal(beside.module(), 0.02);
    AdapterTensors.Start zeros = AdapterTensors.Start.ZEROS;
    Parameter down = tensors.parameter(prefix + "down.weight", noise, width, hidden);
    Parameter downBias = tensors.parameter(prefix + "down.bias", zeros, width);
    Parameter up = tensors.parameter(prefix + "up.weight", zeros, hidden, width);
    Parameter upBias = tensors.parameter(prefix + "up.bias", zeros, hidden);
    parts.bottleneck(place, new BottleneckLayers(down, downBias, up, upBias, activation));
  }

  @Override
  public void describe(ObjectNode json) {
    json.put("places", places.name().toLowerCase(Locale.ROOT));
    json.put("reduction", reduction);
    json.put("activation", activation.name().toLowerCase(Locale.ROOT));
  }

  /** From a folder's {@code adapter_config.json}. */
  static Bottleneck read(PeftJson json) {
    JsonNode node = json.node();
    return new Bottleneck(
        json.choice("places", Places.class, Places.HOULSBY),
        node.path("reduction").asDouble(16),
        json.choice("activation", Activation.class, Activation.RELU));
  }
}
