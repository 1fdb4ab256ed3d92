package org.plumbline.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.safetensors.DType;

class TransformerConfigTest {
  @TempDir Path folder;

  @Test
  void bothSpellingsDescribeTheSameModel() {
    TransformerConfig old =
        ConfigJson.parse(
            ConfigJson.LLAMA,
            "{'rope_theta':500000.0,'rope_scaling':{'type':'linear','factor':2.0},"
                + "'torch_dtype':'bfloat16'}");
    TransformerConfig current =
        ConfigJson.parse(
            ConfigJson.LLAMA,
            "{'rope_parameters':{'rope_theta':500000.0,'rope_type':'linear','factor':2.0},"
                + "'dtype':'bfloat16','head_dim':8,'layer_types':['full_attention','full_attention']}");
    assertThat(old.rope())
        .contains(new Rope(500_000, 8, false, new RopeScaling.Linear(2)))
        .isEqualTo(current.rope());
    assertThat(old.headDim()).isEqualTo(8).isEqualTo(current.headDim());
    assertThat(old.dtype()).isEqualTo(DType.BF16).isEqualTo(current.dtype());
    assertThat(old.attention()).isEqualTo(current.attention());
  }

  @Test
  void readsLlama3Scaling() {
    TransformerConfig config =
        ConfigJson.parse(
            ConfigJson.LLAMA,
            "{'rope_scaling':{'rope_type':'llama3','factor':8.0,'low_freq_factor':1.0,"
                + "'high_freq_factor':4.0,'original_max_position_embeddings':8192}}");
    assertThat(config.rope().orElseThrow().scaling())
        .isEqualTo(new RopeScaling.Llama3(8, 1, 4, 8192));
  }

  @Test
  void unsaidKeysHaveTransformersDefaults() {
    TransformerConfig llama = ConfigJson.parse(ConfigJson.LLAMA, "{'num_key_value_heads':null}");
    assertThat(llama.kvHeads()).isEqualTo(4);
    assertThat(llama.tiedEmbeddings()).isFalse();
    assertThat(llama.activation()).isEqualTo(Activation.SILU);
    assertThat(llama.biases()).isEqualTo(new Biases(false, false, false));
    TransformerConfig gpt2 = ConfigJson.parse(ConfigJson.GPT2, "{}");
    assertThat(gpt2.intermediateSize()).isEqualTo(128);
    assertThat(gpt2.tiedEmbeddings()).isTrue();
    assertThat(gpt2.activation()).isEqualTo(Activation.GELU_TANH);
    assertThat(gpt2.norm()).isEqualTo(Normalization.before(Normalization.Kind.LAYER, 1e-5));
    assertThat(gpt2.rope()).isEmpty();
    assertThat(ConfigJson.parse(ConfigJson.QWEN2, "{}").biases())
        .isEqualTo(new Biases(true, false, false));
  }

  @Test
  void attentionScalesFollowGpt2sSwitches() {
    assertThat(ConfigJson.parse(ConfigJson.GPT2, "{}").attentionScale(1))
        .isEqualTo(1 / Math.sqrt(8));
    TransformerConfig config =
        ConfigJson.parse(
            ConfigJson.GPT2, "{'scale_attn_weights':false,'scale_attn_by_inverse_layer_idx':true}");
    assertThat(config.attentionScale(0)).isEqualTo(1);
    assertThat(config.attentionScale(1)).isEqualTo(0.5);
  }

  @Test
  void qwen2SlidesWhereItSays() {
    String sliding = "'use_sliding_window':true,'sliding_window':16";
    assertThat(ConfigJson.parse(ConfigJson.QWEN2, "{'sliding_window':16}").window(1)).isZero();
    TransformerConfig byIndex =
        ConfigJson.parse(ConfigJson.QWEN2, "{%s,'max_window_layers':1}".formatted(sliding));
    assertThat(byIndex.attention().windows()).containsExactly(0, 16);
    TransformerConfig byType =
        ConfigJson.parse(
            ConfigJson.QWEN2,
            "{%s,'layer_types':['sliding_attention','full_attention']}".formatted(sliding));
    assertThat(byType.attention().windows()).containsExactly(16, 0);
    assertThatThrownBy(
            () -> ConfigJson.parse(ConfigJson.QWEN2, "{'layer_types':['chunked','chunked']}"))
        .hasMessageContaining("layer_types is chunked");
  }

  @Test
  void idsMayBeListsAndNegativeOnesAreNone() {
    SpecialIds ids =
        ConfigJson.parse(ConfigJson.LLAMA, "{'eos_token_id':[2,3],'pad_token_id':-1}").specialIds();
    assertThat(ids)
        .isEqualTo(new SpecialIds(OptionalInt.empty(), List.of(2, 3), OptionalInt.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'frobnicate':1} | not understood: frobnicate = 1",
        "{'model_type':'frobnicate'} | model_type is \"frobnicate\"; supported: gpt2, llama, qwen2",
        "{'model_type':''} | has no model_type; supported: gpt2, llama, qwen2",
        "{'architectures':['LlamaForQuestionAnswering']} | architectures is [LlamaForQuestionAnswering]",
        "{'hidden_size':'x'} | hidden_size is \"x\"; a positive integer is needed",
        "{'hidden_size':null} | hidden_size is missing",
        "{'num_attention_heads':5} | it must divide hidden_size 32",
        "{'num_key_value_heads':3} | it must divide num_attention_heads 4",
        "{'hidden_act':'gegelu'} | hidden_act is gegelu; supported: silu",
        "{'rope_scaling':{'type':'ntk','factor':2}} | rope_scaling.rope_type is ntk; supported: default, linear, dynamic, llama3, yarn, longrope",
        "{'rope_scaling':{'type':'linear'}} | rope_scaling.factor is missing",
        "{'rope_scaling':{'type':'default','beta_fast':1}} | not understood: rope_scaling.beta_fast = 1",
        "{'rope_scaling':7} | rope_scaling is 7; an object is needed",
        "{'rope_interleaved':true} | only false is supported",
        "{'partial_rotary_factor':0.01} | makes 0 of 8 elements",
        "{'quantization_config':{'bits':4}} | quantization_config.quant_method is absent; read are folders",
        "{'quantization_config':{'quant_method':'gptq','bits':4}} | quantization_config.quant_method is gptq; read are folders without quantisation and those of bitsandbytes",
        "{'quantization_config':{'quant_method':'awq'}} | quant_method is awq",
        "{'quantization_config':{'quant_method':'fp8'}} | quant_method is fp8",
        "{'quantization_config':{'quant_method':'bitsandbytes','load_in_4bit':true,'bnb_4bit_quant_type':'nf3'}} | bnb_4bit_quant_type is nf3",
        "{'quantization_config':{'quant_method':'bitsandbytes','load_in_2bit':true}} | not understood: quantization_config.load_in_2bit = true",
        "{'quantization_config':true} | quantization_config is true; an object is needed",
        "{'is_encoder_decoder':true} | is_encoder_decoder is true; only false is supported",
        "{'pruned_heads':{'0':[1]}} | pruned_heads",
        "{'layer_types':['sliding_attention','full_attention']} | this family knows full_attention only",
        "{'layer_types':['full_attention']} | layer_types is 1 entries; num_hidden_layers is 2",
        "{'torch_dtype':'int8'} | dtype is int8; a float type is needed",
        "{'torch_dtype':'float13'} | dtype is float13; supported: float32",
        "{'eos_token_id':'x'} | a token id or a list of token ids is needed",
        "{'rms_norm_eps':'x'} | rms_norm_eps is \"x\"; a number is needed",
        "{'mlp_bias':1} | mlp_bias is 1; true or false is needed",
        "{'hidden_act':1} | hidden_act is 1; a string is needed",
      })
  void refusesWhatItDoesNotUnderstand(String change, String message) {
    assertThatThrownBy(() -> ConfigJson.parse(ConfigJson.LLAMA, change))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(message);
  }

  @Test
  void skipsWhatIsKnownToBeHarmless() {
    assertThat(
            ConfigJson.parse(
                ConfigJson.LLAMA,
                "{'transformers_version':'4.1','_name_or_path':'x','use_cache':true,"
                    + "'attention_dropout':0.1,'pretraining_tp':2,'temperature':0.7,'frobnicate':null}"))
        .isNotNull();
  }

  @Test
  void changingTheHeadKeepsTheOtherKeys() {
    TransformerConfig config = ConfigJson.parse(ConfigJson.LLAMA, "{'torch_dtype':'float16'}");
    TransformerConfig reward = config.asClassifier(1);
    assertThat(reward.head()).isEqualTo(Head.SEQUENCE_CLASSIFICATION);
    assertThat(reward.numLabels()).hasValue(1);
    assertThat(reward.source().path("id2label").path("0").asText()).isEqualTo("LABEL_0");
    assertThat(reward.source().path("architectures").get(0).asText())
        .isEqualTo("LlamaForSequenceClassification");
    assertThat(reward.asLanguageModel()).isEqualTo(config);
    TransformerConfig wide = config.withDtype(DType.F32);
    assertThat(wide.dtype()).isEqualTo(DType.F32);
    assertThat(wide.source().path("torch_dtype").asText()).isEqualTo("float32");
    assertThat(wide.source().has("dtype")).isFalse();
    SpecialIds ids = new SpecialIds(OptionalInt.of(1), List.of(4, 5), OptionalInt.of(6));
    assertThat(config.withSpecialIds(ids).specialIds()).isEqualTo(ids);
  }

  @Test
  void aClassifierWithoutLabelNamesHasTwo() {
    TransformerConfig config =
        ConfigJson.parse(ConfigJson.LLAMA, "{'architectures':['LlamaForSequenceClassification']}");
    assertThat(config.numLabels()).hasValue(2);
  }

  @Test
  void aNewLlamaReadsBackAsItWasMade() {
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(2), OptionalInt.of(0));
    TransformerConfig config =
        NewModels.llama(new LlamaSize(500, 64, 128, 3, 4, 2, 256, 10_000, true), ids);
    config.write(folder);
    TransformerConfig back = TransformerConfig.read(folder);
    assertThat(back).isEqualTo(config);
    assertThat(back.rope()).isEqualTo(Optional.of(new Rope(10_000, 16, false, RopeScaling.NONE)));
    assertThat(back.specialIds()).isEqualTo(ids);
  }

  @Test
  void namesAFolderWithoutConfig() {
    assertThatThrownBy(() -> TransformerConfig.read(folder))
        .hasMessageContaining("config.json: no such file");
  }
}
