package org.plumbline.model.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.plumbline.model.JsonFiles;

/** Configs of models that do not exist yet, readable by transformers 4 and 5. */
public final class NewModels {
  private NewModels() {}

  /** A llama in the spelling of transformers 5, with rope_theta repeated for version 4. */
  public static TransformerConfig llama(LlamaSize size, SpecialIds ids) {
    ObjectNode json = JsonFiles.object();
    json.putArray("architectures").add("LlamaForCausalLM");
    json.put("model_type", "llama");
    json.put("vocab_size", size.vocabSize());
    json.put("hidden_size", size.hiddenSize());
    json.put("intermediate_size", size.intermediateSize());
    json.put("num_hidden_layers", size.layers());
    json.put("num_attention_heads", size.heads());
    json.put("num_key_value_heads", size.kvHeads());
    json.put("head_dim", size.hiddenSize() / Math.max(1, size.heads()));
    json.put("max_position_embeddings", size.maxPositions());
    json.put("hidden_act", "silu");
    json.put("rms_norm_eps", 1e-5);
    json.put("rope_theta", size.ropeTheta());
    json.putObject("rope_parameters")
        .put("rope_theta", size.ropeTheta())
        .put("rope_type", "default");
    json.put("attention_bias", false);
    json.put("mlp_bias", false);
    json.put("attention_dropout", 0.0);
    json.put("initializer_range", 0.02);
    json.put("tie_word_embeddings", size.tiedEmbeddings());
    ConfigKeys.putSpecialIds(json, ids);
    json.put("dtype", "float32");
    json.put("use_cache", true);
    return TransformerConfig.parse(Path.of("new llama"), json);
  }
}
