package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.tensor.Parameter;

/**
 * P-tuning (Liu et al. 2021, arXiv 2103.10385) with an MLP: embeddings of virtual tokens that come
 * out of a small network while training.
 *
 * @param tokens P, how many
 * @param encoderWidth width of the network's inner layers
 */
public record PTuning(int tokens, int encoderWidth) implements AdapterMethod {
  public PTuning {
    PromptTuning.requireTokens("p-tuning", tokens);
  }

  @Override
  public String peftType() {
    return "P_TUNING";
  }

  @Override
  public boolean mergeable() {
    return false;
  }

  @Override
  public void build(AdapterTensors tensors, AdapterParts parts) {
    int width = tensors.base().hiddenSize();
    boolean fresh = !tensors.fromFolder();
    Parameter table =
        tensors.parameter(
            fresh ? "prompt_encoder.embedding.weight" : VirtualTokens.SAVED,
            AdapterTensors.Start.normal("table", 1),
            tokens,
            width);
    List<Parameter> encoder = new ArrayList<>();
    if (fresh) {
      int inner = encoderWidth > 0 ? encoderWidth : width;
      Mlp.add(tensors, encoder, "prompt_encoder.mlp_head", List.of(width, inner, inner, width));
    }
    parts.virtual(new VirtualTokens(tokens, table, encoder, false, false));
  }

  @Override
  public void describe(ObjectNode json) {
    json.put(PeftJson.VIRTUAL_TOKENS, tokens);
    json.put("encoder_reparameterization_type", "MLP");
    json.put("encoder_hidden_size", encoderWidth);
    json.put("encoder_num_layers", 2);
    json.put("encoder_dropout", 0.0);
  }

  /** From a folder's {@code adapter_config.json}. */
  static PTuning read(PeftJson json) {
    JsonNode node = json.node();
    return new PTuning(
        node.path(PeftJson.VIRTUAL_TOKENS).asInt(), node.path("encoder_hidden_size").asInt());
  }
}
