package org.plumbline.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;

/** What is counted is what an adapter made in earnest has. */
class AdapterShapeTest {
  private static final TransformerConfig BASE =
      NewModels.llama(
          new LlamaSize(50, 16, 24, 2, 4, 2, 64, 10_000, true),
          new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.empty()));

  static Stream<AdapterMethod> methods() {
    Lora plain = Lora.of(4, 8, 0, List.of(Lora.ALL_LINEAR));
    return Stream.of(
        plain,
        Lora.of(2, 8, 0, List.of("q_proj", "down_proj")),
        new Lora(
            4,
            8,
            0,
            List.of(Lora.ALL_LINEAR),
            false,
            true,
            LoraStart.NORMAL,
            TrainedBias.NONE,
            List.of(1),
            Map.of("v_proj", 3),
            Map.of()),
        new AdaLora(
            4, 2, 8, 0, List.of("q_proj", "v_proj"), new RankBudget(1, 1, 1, 10, 0.85, 0.85, 0.5)),
        new Ia3(List.of("k_proj", "v_proj", "down_proj"), List.of("down_proj")),
        new Bottleneck(Bottleneck.Places.HOULSBY, 4, Bottleneck.Activation.RELU),
        new Bottleneck(Bottleneck.Places.PFEIFFER, 3, Bottleneck.Activation.GELU),
        new PromptTuning(5, List.of()),
        new PrefixTuning(5, 0, false),
        new PrefixTuning(5, 7, false),
        new PrefixTuning(5, 7, true),
        new PTuning(5, 0),
        new PTuning(5, 9));
  }

  @Test
  void countsModulesThatAreHadWhole() {
    AdapterMethod method = Lora.of(2, 8, 0, List.of("q_proj"));
    List<String> modules = List.of("embed_tokens", "lm_head");
    try (TransformerModel model = TransformerModel.create(BASE, LoadOptions.frozen(), 1)) {
      long made =
          model.addAdapter("a", method, new Extras(0, modules), 2).parameters().stream()
              .mapToLong(Parameter::size)
              .sum();
      assertThat(AdapterShape.of(method, modules, BASE).parameters()).isEqualTo(made);
    }
    assertThatThrownBy(() -> AdapterShape.of(method, List.of("lm_heads"), BASE))
        .hasMessage(
            "modules_to_save names lm_heads, which cannot be trained whole beside an adapter; the model has [embed_tokens, lm_head] for that, and heads that score");
  }

  @ParameterizedTest
  @MethodSource("methods")
  void countsWhatIsMade(AdapterMethod method) {
    try (TransformerModel model = TransformerModel.create(BASE, LoadOptions.frozen(), 1)) {
      long made =
          model.addAdapter("a", method, Extras.NONE, 2).parameters().stream()
              .mapToLong(Parameter::size)
              .sum();
      assertThat(AdapterShape.of(method, List.of(), BASE).parameters()).isEqualTo(made);
    }
  }
}
