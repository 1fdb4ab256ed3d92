package org.plumbline.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.safetensors.DType;
import org.plumbline.model.safetensors.TensorSpec;
import org.plumbline.model.safetensors.WeightFolder;
import org.plumbline.model.safetensors.WeightFolderWriter;

class TensorLayoutTest {
  private static final TensorLayout GPT2 = TensorLayout.of(ConfigJson.parse(ConfigJson.GPT2, "{}"));

  @TempDir Path folder;

  private static Set<String> names(TensorLayout layout) {
    return new LinkedHashSet<>(layout.all().stream().map(TensorRef::name).toList());
  }

  @Test
  void gpt2WithoutPrefixAndWithMasksResolves() {
    Set<String> hub = new LinkedHashSet<>();
    names(GPT2).forEach(name -> hub.add(name.substring("transformer.".length())));
    hub.addAll(List.of("h.0.attn.bias", "h.1.attn.masked_bias", "lm_head.weight"));
    Resolved resolved = GPT2.resolve(hub).requireAll(folder);
    assertThat(resolved.stored())
        .containsEntry(GPT2.get(Role.UP, 1, true), "h.1.mlp.c_fc.bias")
        .hasSize(GPT2.all().size());
    assertThat(resolved.unused()).containsExactly("lm_head.weight"); // tied
  }

  @Test
  void gpt2StoresFusedMatricesTransposed() {
    TensorRef fused = GPT2.get(Role.QUERY_KEY_VALUE, 0, false);
    assertThat(fused.transposed()).isTrue();
    assertThat(fused.shape()).containsExactly(32L, 96L);
    assertThat(fused.module()).isEqualTo("transformer.h.0.attn.c_attn");
    assertThat(GPT2.find(Role.QUERY, 0, false)).isEmpty();
    assertThatThrownBy(() -> GPT2.get(Role.QUERY, 0, false))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("QUERY of layer 0 (bias false) is not stored by model_type gpt2");
  }

  @Test
  void headsAreListedWhereTheyAreStored() {
    TransformerConfig llama = ConfigJson.parse(ConfigJson.LLAMA, "{}");
    assertThat(names(TensorLayout.of(llama))).contains("lm_head.weight");
    TransformerConfig tied = ConfigJson.parse(ConfigJson.LLAMA, "{'tie_word_embeddings':true}");
    assertThat(names(TensorLayout.of(tied))).doesNotContain("lm_head.weight");
    TensorLayout reward = TensorLayout.of(llama.asClassifier(3));
    assertThat(reward.get(Role.SCORE, TensorRef.NO_LAYER, false).shape()).containsExactly(3L, 32L);
    assertThat(reward.resolve(names(TensorLayout.of(llama))).missing())
        .extracting(TensorRef::role)
        .containsExactly(Role.SCORE);
    TransformerConfig bare = ConfigJson.parse(ConfigJson.LLAMA, "{'architectures':['LlamaModel']}");
    assertThat(names(TensorLayout.of(bare))).endsWith("model.norm.weight");
  }

  @Test
  void biasesAreListedWhereTheConfigSwitchesThemOn() {
    TransformerConfig biased =
        ConfigJson.parse(ConfigJson.LLAMA, "{'attention_bias':true,'mlp_bias':true}");
    assertThat(names(TensorLayout.of(biased)))
        .contains("model.layers.1.self_attn.o_proj.bias", "model.layers.0.mlp.gate_proj.bias");
    TransformerConfig qwen2 = ConfigJson.parse(ConfigJson.QWEN2, "{}");
    assertThat(names(TensorLayout.of(qwen2)))
        .contains("model.layers.1.self_attn.k_proj.bias")
        .doesNotContain("model.layers.1.self_attn.o_proj.bias");
  }

  @Test
  void namesWhatIsMissing() {
    Set<String> some = names(GPT2);
    some.remove("transformer.h.1.ln_2.bias");
    assertThatThrownBy(() -> GPT2.resolve(some).requireAll(folder))
        .hasMessageContaining("1 tensors that config.json asks for")
        .hasMessageContaining("transformer.h.1.ln_2.bias");
    assertThatThrownBy(() -> GPT2.resolve(Set.of()).requireAll(folder)).hasMessageContaining(", …");
  }

  @Test
  void namesAShapeOrTypeThatDoesNotFit() {
    write(DType.F32, 5);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      assertThatThrownBy(() -> GPT2.verify(weights))
          .hasMessageContaining(
              "\"transformer.ln_f.bias\" has shape [5], config.json asks for [32]");
    }
    write(DType.I8, 32);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      assertThatThrownBy(() -> GPT2.verify(weights))
          .hasMessageContaining("\"transformer.ln_f.bias\" is I8; weights in a float type");
    }
    write(DType.BF16, 32);
    try (WeightFolder weights = WeightFolder.open(folder)) {
      assertThat(GPT2.verify(weights).missing()).isEmpty();
    }
  }

  private void write(DType lastType, long lastSize) {
    List<TensorSpec> specs =
        GPT2.all().stream()
            .map(
                ref ->
                    ref.name().equals("transformer.ln_f.bias")
                        ? new TensorSpec(ref.name(), lastType, lastSize)
                        : new TensorSpec(
                            ref.name(),
                            DType.F32,
                            ref.shape().stream().mapToLong(Long::longValue).toArray()))
            .toList();
    try (WeightFolderWriter writer = WeightFolderWriter.create(folder, specs)) {
      for (TensorSpec spec : specs) {
        writer.write(spec.name(), java.nio.ByteBuffer.allocate((int) spec.bytes()));
      }
      writer.finish();
    }
  }
}
