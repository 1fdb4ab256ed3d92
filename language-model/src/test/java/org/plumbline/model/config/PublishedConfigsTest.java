package org.plumbline.model.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The keys that the families' published folders have: none is refused, each is understood. */
class PublishedConfigsTest {
  private static final String SIZES =
      "'vocab_size':64,'hidden_size':32,'intermediate_size':48,'num_hidden_layers':4,"
          + "'num_attention_heads':4,'initializer_range':0.02,'use_cache':true,'auto_map':{'AutoConfig':'x.Y'},"
          + "'bos_token_id':1,'eos_token_id':2,'torch_dtype':'bfloat16','transformers_version':'4.40.0',";

  private static TransformerConfig read(String json) throws IOException {
    ObjectNode node =
        (ObjectNode) new ObjectMapper().readTree(("{" + json + "}").replace('\'', '"'));
    return TransformerConfig.parse(Path.of("config.json"), node);
  }

  @Test
  void gemma2() throws IOException {
    TransformerConfig config =
        read(
            SIZES
                + "'architectures':['Gemma2ForCausalLM'],'model_type':'gemma2','attention_bias':false,'attention_dropout':0.0,"
                + "'attn_logit_softcapping':50.0,'cache_implementation':'hybrid','final_logit_softcapping':30.0,'head_dim':256,"
                + "'hidden_act':'gelu_pytorch_tanh','hidden_activation':'gelu_pytorch_tanh','max_position_embeddings':8192,"
                + "'num_key_value_heads':2,'pad_token_id':0,'query_pre_attn_scalar':256,'rms_norm_eps':1e-06,'rope_theta':10000.0,'sliding_window':4096");
    assertThat(config.attention().windows()).isEqualTo(List.of(4096, 0, 4096, 0));
    assertThat(config.attention().scale()).isEqualTo(1 / 16.0);
    assertThat(config.attention().softcap()).isEqualTo(50);
    assertThat(config.output().logitSoftcap()).isEqualTo(30);
    assertThat(config.tiedEmbeddings()).isTrue();
  }

  @Test
  void gemma3() throws IOException {
    TransformerConfig config =
        read(
            SIZES
                + "'architectures':['Gemma3ForCausalLM'],'model_type':'gemma3_text','attention_bias':false,'attention_dropout':0.0,"
                + "'attn_logit_softcapping':null,'cache_implementation':'hybrid','final_logit_softcapping':null,'head_dim':256,"
                + "'hidden_activation':'gelu_pytorch_tanh','max_position_embeddings':32768,'num_key_value_heads':1,'pad_token_id':0,"
                + "'query_pre_attn_scalar':256,'rms_norm_eps':1e-06,'rope_local_base_freq':10000,'rope_scaling':null,'rope_theta':1000000,"
                + "'sliding_window':512,'sliding_window_pattern':2");
    assertThat(config.attention().windows()).isEqualTo(List.of(512, 0, 512, 0));
    assertThat(config.rope().orElseThrow().theta()).isEqualTo(1e6);
    assertThat(config.localRope().orElseThrow().theta()).isEqualTo(1e4);
    assertThat(config.attention().softcap()).isZero();
  }

  @Test
  void phi4Mini() throws IOException {
    TransformerConfig config =
        read(
            SIZES
                + "'architectures':['Phi3ForCausalLM'],'model_type':'phi3','attention_bias':false,'attention_dropout':0.0,'embd_pdrop':0.0,"
                + "'full_attn_mod':1,'hidden_act':'silu','interpolate_factor':1,'lm_head_bias':false,'max_position_embeddings':131072,"
                + "'mlp_bias':false,'num_key_value_heads':2,'original_max_position_embeddings':4096,'pad_token_id':0,'partial_rotary_factor':0.75,"
                + "'resid_pdrop':0.0,'rms_norm_eps':1e-05,'rope_scaling':{'long_factor':[1,2,3],'short_factor':[1,1,1],'type':'longrope'},"
                + "'rope_theta':10000.0,'sliding_window':262144,'tie_word_embeddings':true");
    assertThat(config.rope().orElseThrow().dimensions()).isEqualTo(6);
    double expected = Math.sqrt(1 + Math.log(32) / Math.log(4096));
    assertThat(config.rope().orElseThrow().magnitude()).isEqualTo(expected);
    assertThat(config.rope().orElseThrow().regime(4096)).isZero();
    assertThat(config.rope().orElseThrow().regime(4097)).isEqualTo(1);
  }

  @Test
  void bertOfOldFiles() throws IOException {
    TransformerConfig config =
        read(
            "'architectures':['BertForPreTraining'],'model_type':'bert','attention_probs_dropout_prob':0.1,'directionality':'bidi',"
                + "'hidden_act':'gelu','hidden_dropout_prob':0.1,'hidden_size':32,'initializer_range':0.02,'intermediate_size':64,"
                + "'layer_norm_eps':1e-12,'max_position_embeddings':512,'num_attention_heads':4,'num_hidden_layers':2,'pad_token_id':0,"
                + "'pooler_fc_size':768,'pooler_num_attention_heads':12,'pooler_num_fc_layers':3,'pooler_size_per_head':128,"
                + "'pooler_type':'first_token_transform','position_embedding_type':'absolute','type_vocab_size':2,'vocab_size':100");
    assertThat(config.head()).isEqualTo(Head.MASKED_LANGUAGE_MODEL);
    assertThat(config.attention().causal()).isFalse();
    assertThat(config.tiedEmbeddings()).isTrue();
  }

  @Test
  void baichuan2Of13Billion() throws IOException {
    TransformerConfig config =
        read(
            SIZES
                + "'architectures':['BaichuanForCausalLM'],'model_type':'baichuan','tokenizer_class':'BaichuanTokenizer','hidden_act':'silu',"
                + "'model_max_length':4096,'pad_token_id':0,'rms_norm_eps':1e-06,'_from_model_config':true,'tie_word_embeddings':false,'z_loss_weight':0");
    assertThat(config.rope()).isEmpty();
    assertThat(config.attention().linearBiases())
        .containsExactly(0.25, 0.0625, 0.015625, 0.00390625);
    assertThat(config.output().normalizedHead()).isTrue();
    assertThat(config.maxPositions()).isEqualTo(4096);
  }

  @Test
  void internLm2() throws IOException {
    TransformerConfig config =
        read(
            SIZES
                + "'architectures':['InternLM2ForCausalLM'],'attn_implementation':'eager','bias':false,'hidden_act':'silu',"
                + "'max_position_embeddings':32768,'model_type':'internlm2','num_key_value_heads':2,'pad_token_id':2,'pretraining_tp':1,"
                + "'rms_norm_eps':1e-05,'rope_scaling':{'type':'dynamic','factor':2.0},'rope_theta':1000000,'tie_word_embeddings':false");
    assertThat(config.rope().orElseThrow().scaling()).isEqualTo(new RopeScaling.Dynamic(2, 32768));
    assertThat(config.biases().queryKeyValue()).isFalse();
  }
}
