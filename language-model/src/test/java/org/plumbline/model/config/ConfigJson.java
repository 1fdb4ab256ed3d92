package org.plumbline.model.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/** Small configs, in apostrophes for quotes. */
final class ConfigJson {
  static final String LLAMA =
      "{'architectures':['LlamaForCausalLM'],'model_type':'llama','vocab_size':100,'hidden_size':32,"
          + "'intermediate_size':48,'num_hidden_layers':2,'num_attention_heads':4,"
          + "'num_key_value_heads':2,'max_position_embeddings':64,'rms_norm_eps':1e-5,'eos_token_id':2}";
  static final String QWEN2 =
      LLAMA.replace("LlamaForCausalLM", "Qwen2ForCausalLM").replace("llama", "qwen2");
  static final String GPT2 =
      "{'architectures':['GPT2LMHeadModel'],'model_type':'gpt2','vocab_size':100,'n_embd':32,"
          + "'n_layer':2,'n_head':4,'n_positions':64}";

  private ConfigJson() {}

  static ObjectNode json(String text) {
    try {
      return (ObjectNode) new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static ObjectNode with(String base, String more) {
    ObjectNode json = json(base);
    json.setAll(json(more));
    return json;
  }

  static TransformerConfig parse(String base, String more) {
    return TransformerConfig.parse(Path.of("dir/config.json"), with(base, more));
  }
}
