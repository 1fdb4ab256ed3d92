package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;

/**
 * Prefix tuning (Li and Liang 2021, arXiv 2101.00190): keys and values of virtual tokens in every
 * layer, or, as in their section 7.2, embeddings of them in front of the text alone.
 *
 * @param tokens P, how many
 * @param encoderWidth width of the layer between table and prefix while training, 0 for none
 * @param inputOnly true for embeddings alone
 */
public record PrefixTuning(int tokens, int encoderWidth, boolean inputOnly)
    implements AdapterMethod {
  public PrefixTuning {
    PromptTuning.requireTokens("prefix-tuning", tokens);
  }

  @Override
  public String peftType() {
    return inputOnly ? "PROMPT_TUNING" : "PREFIX_TUNING";
  }

  @Override
  public boolean mergeable() {
    return false;
  }

  @Override
  public void build(AdapterTensors tensors, AdapterParts parts) {
    TransformerConfig base = tensors.base();
    int width = inputOnly ? base.hiddenSize() : base.layers() * 2 * base.kvHeads() * base.headDim();
    boolean encoded = encoderWidth > 0 && !tensors.fromFolder();
    int inner = inputOnly ? base.hiddenSize() : base.kvHeads() * base.headDim();
    Parameter table =
        tensors.parameter(
            encoded ? "prefix_encoder.embedding.weight" : VirtualTokens.SAVED,
            AdapterTensors.Start.normal("table", encoded ? 1 : 0.02),
            tokens,
            encoded ? inner : width);
    List<Parameter> encoder = new ArrayList<>();
    if (encoded) {
      Mlp.add(tensors, encoder, "prefix_encoder.transform", List.of(inner, encoderWidth, width));
    }
    parts.virtual(new VirtualTokens(tokens, table, encoder, true, !inputOnly));
  }

  @Override
  public void describe(ObjectNode json) {
    json.put(PeftJson.VIRTUAL_TOKENS, tokens);
    if (inputOnly) {
      json.put("prompt_tuning_init", "RANDOM");
    } else {
      json.put("prefix_projection", encoderWidth > 0);
      json.put("encoder_hidden_size", encoderWidth);
    }
  }

  /** From a folder's {@code adapter_config.json}. */
  static PrefixTuning read(PeftJson json) {
    JsonNode node = json.node();
    boolean projected = node.path("prefix_projection").asBoolean(false);
    return new PrefixTuning(
        node.path(PeftJson.VIRTUAL_TOKENS).asInt(),
        projected ? node.path("encoder_hidden_size").asInt() : 0,
        false);
  }
}
