package org.plumbline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.model.adapter.AdaLora;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.AdapterMethod;
import org.plumbline.model.adapter.Bottleneck;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.adapter.Ia3;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.LoraStart;
import org.plumbline.model.adapter.PTuning;
import org.plumbline.model.adapter.PrefixTuning;
import org.plumbline.model.adapter.PromptTuning;
import org.plumbline.model.adapter.TrainedBias;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.Inline;
import org.plumbline.stage.config.LocatedYaml;

/** Keys of tuning, as they stand among a stage's own. */
class TuningSettingsTest {
  /** A stage with one key of its own. */
  record Stage(String model, @Inline TuningSettings tuning) {
    Stage {
      tuning = tuning.orElse(TuningMethod.LORA);
    }
  }

  private static TuningSettings read(String yaml) {
    return ConfigReader.read(Stage.class, LocatedYaml.parse("test", "{model: m" + yaml + "}"), "st")
        .tuning();
  }

  private static void refused(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private static TransformerModel model() {
    LlamaSize size = new LlamaSize(40, 16, 24, 2, 4, 2, 32, 10_000, true);
    SpecialIds ids = new SpecialIds(OptionalInt.empty(), List.of(2), OptionalInt.of(0));
    return TransformerModel.create(NewModels.llama(size, ids), LoadOptions.full(), 3);
  }

  /** Tokenizers are read for texts alone. */
  @SuppressWarnings("NullAway")
  private static List<Adapter> begin(TransformerModel model, TuningSettings settings) {
    return settings.begin(model, null, "a", Extras.NONE, 10, 1);
  }

  @Test
  void eachMethodIsNamedAsItsPageNamesIt() {
    assertThat(Arrays.stream(TuningMethod.values()).map(TuningMethod::key))
        .containsExactly(
            "full",
            "lora",
            "rslora",
            "dora",
            "lora+",
            "adalora",
            "qlora",
            "ia3",
            "bottleneck",
            "prompt-tuning",
            "prefix-tuning",
            "p-tuning");
    for (TuningMethod method : TuningMethod.values()) {
      assertThat(read(", method: " + method.key()).chosen()).isEqualTo(method);
    }
    assertThat(read("").chosen()).as("the stage's own").isEqualTo(TuningMethod.LORA);
    refused(", method: lorra", "did you mean lora?");
  }

  @Test
  void modulesAreTrainedWholeBesideAnAdapter() {
    refused(
        ", method: full, modules_to_save: [lm_head]",
        "modules_to_save=[lm_head] are trained beside an adapter, but method: full trains every module");
    TuningSettings settings = read(", lora: {rank: 4}, modules_to_save: [embed_tokens]");
    try (TransformerModel model = model();
        TransformerModel other = model()) {
      List<Parameter> trained = begin(model, settings).get(0).parameters();
      assertThat(trained)
          .anyMatch(p -> p.name().equals("base_model.model.model.embed_tokens.weight"));
      assertThat(begin(other, settings.withoutModules()).get(0).parameters())
          .hasSize(trained.size() - 1);
      TuningSettings norms = read(", lora: {rank: 4}, modules_to_save: [norm]");
      assertThatThrownBy(() -> begin(model, norms))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("modules_to_save names norm, which cannot be trained whole");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TuningMethod.class,
      names = {"FULL"},
      mode = EnumSource.Mode.EXCLUDE)
  void eachMethodMakesItsAdapter(TuningMethod method) {
    Class<? extends AdapterMethod> kind =
        switch (method) {
          case ADALORA -> AdaLora.class;
          case IA3 -> Ia3.class;
          case BOTTLENECK -> Bottleneck.class;
          case PROMPT_TUNING -> PromptTuning.class;
          case PREFIX_TUNING -> PrefixTuning.class;
          case P_TUNING -> PTuning.class;
          default -> Lora.class;
        };
    TuningSettings settings =
        read(
            ", method: %s, lora: {rank: 4}, adalora: {initial_rank: 4, target_rank: 2}"
                .formatted(method.key()));
    try (TransformerModel model = model()) {
      List<Adapter> active = begin(model, settings);
      assertThat(active).hasSize(1);
      assertThat(active.get(0).method()).isInstanceOf(kind);
      assertThat(settings.hasVirtualTokens()).isEqualTo(active.get(0).virtual().isPresent());
      if (active.get(0).method() instanceof Lora lora) {
        assertThat(lora.rankStabilised()).isEqualTo(method == TuningMethod.RSLORA);
        assertThat(lora.dora()).isEqualTo(method == TuningMethod.DORA);
      }
    }
    assertThat(settings.rateRatio()).isEqualTo(method == TuningMethod.LORA_PLUS ? 16 : 1);
  }

  @Test
  void keysReachTheirMethod() {
    try (TransformerModel model = model()) {
      TuningSettings lora =
          read(
              ", lora: {rank: 3, alpha: 5, targets: [q_proj], rslora: true, init: both_normal,"
                  + " bias: lora_only, layers: [1], rank_pattern: {q_proj: 2}, alpha_pattern: {q_proj: 7}}");
      assertThat(begin(model, lora).get(0).method())
          .isEqualTo(
              new Lora(
                  3,
                  5,
                  0,
                  List.of("q_proj"),
                  true,
                  false,
                  LoraStart.BOTH_NORMAL,
                  TrainedBias.LORA_ONLY,
                  List.of(1),
                  Map.of("q_proj", 2),
                  Map.of("q_proj", 7.0)));
    }
    try (TransformerModel model = model()) {
      AdaLora adalora =
          (AdaLora)
              begin(
                      model,
                      read(
                          ", method: adalora, adalora: {initial_rank: 5, target_rank: 3, warmup: 0.2,"
                              + " settled: 0.3, every: 2, beta1: 0.7}"))
                  .get(0)
                  .method();
      assertThat(adalora.initialRank()).isEqualTo(5);
      assertThat(adalora.budget().warmup()).isEqualTo(2);
      assertThat(adalora.budget().settled()).isEqualTo(3);
      assertThat(adalora.budget().every()).isEqualTo(2);
      assertThat(adalora.budget().total()).isEqualTo(10);
      assertThat(adalora.budget().sensitivity()).isEqualTo(0.7);
    }
    try (TransformerModel model = model()) {
      assertThat(begin(model, read(", method: ia3")).get(0).method())
          .as("keys, values and the MLP's last layer")
          .isEqualTo(
              new Ia3(
                  List.of("self_attn.k_proj", "self_attn.v_proj", "mlp.down_proj"),
                  List.of("mlp.down_proj")));
    }
    try (TransformerModel model = model()) {
      String tokens = "virtual_tokens: {count: 4, encoder_width: 6, layers: input}";
      assertThat(begin(model, read(", method: prefix-tuning, " + tokens)).get(0).method())
          .isEqualTo(new PrefixTuning(4, 6, true));
    }
  }

  @Test
  void fullTrainsWhatIsNotFrozen() {
    try (TransformerModel model = model()) {
      int all = model.parameters().size();
      assertThat(begin(model, read(", method: full, freeze: {layers: 1, embeddings: true}")))
          .isEmpty();
      assertThat(model.parameters()).hasSize(all - 9 - 1);
      TuningSettings nothing = read(", method: full, freeze: {layers: 2, embeddings: true}");
      assertThat(begin(model, nothing)).as("the final norm is left").isEmpty();
      assertThat(nothing.options(Precision.FLOAT32, "cpu").trained()).isTrue();
    }
    refused(", method: full, freeze: {layers: -1}", "freeze.layers=-1 must not be negative");
  }

  @Test
  void whatCannotBeIsRefusedByItsKey() {
    refused(
        ", method: prefix-tuning, gradient_checkpointing: true",
        "gradient_checkpointing=true does not go with method: prefix-tuning");
    assertThat(
            read(", method: p-tuning, gradient_checkpointing: true")
                .options(Precision.FLOAT32, "cpu")
                .checkpointing())
        .isTrue();
    refused(
        ", adalora: {initial_rank: 4, target_rank: 5}",
        "adalora.target_rank=5 cannot be met from initial_rank=4; needed: at most as much");
    refused(", adalora: {targets: []}", "adalora.targets");
    refused(", adalora: {warmup: 0.6, settled: 0.4}", "leave no step to cut ranks in");
    refused(", adalora: {every: 0}", "adalora.every=0 must be positive");
    refused(", lora: {targets: []}", "lora.targets");
    refused(", lora: {dropout: 1}", "lora.dropout=1");
    refused(", lora: {learning_rate_ratio: 0}", "lora.learning_rate_ratio=0 must be positive");
    refused(", lora: {rank_pattern: {q_proj: 0}}", "lora.rank_pattern.q_proj=0 must be positive");
    refused(", bottleneck: {reduction: 0.5}", "bottleneck.reduction=0.5 must be at least 1");
    refused(", virtual_tokens: {count: 0}", "virtual_tokens.count=0 must be positive");
    refused(", virtual_tokens: {encoder_width: -1}", "virtual_tokens.encoder_width=-1");
    refused(", lora: {rang: 4}", "did you mean rank?");
    try (TransformerModel model = model()) {
      assertThatThrownBy(() -> begin(model, read(", lora: {targets: [q_prj]}")))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("lora.targets=q_prj matches no linear layer; the model's are");
      assertThatThrownBy(() -> begin(model, read(", lora: {rank: 64}")))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("lora.rank=64 is above the smaller side of");
    }
  }

  @Test
  void namesOfTheFieldAreTaken() {
    TuningSettings settings =
        read(
            ", lora_rank: 5, lora_alpha: 7, lora_dropout: 0.1, lora_target_modules: [q_proj], use_rslora: true,"
                + " use_dora: true, loraplus_lr_ratio: 4, layers_to_transform: [0],"
                + " init_r: 6, target_r: 3, orth_reg_weight: 0.25, num_virtual_tokens: 9, prompt_tuning_init_text: hello,"
                + " encoder_hidden_size: 11, feedforward_modules: [down_proj]");
    LoraSettings lora = settings.lora();
    assertThat(lora.rank()).isEqualTo(5);
    assertThat(lora.alpha()).isEqualTo(7);
    assertThat(lora.dropout()).isEqualTo(0.1);
    assertThat(lora.targets()).containsExactly("q_proj");
    assertThat(lora.rslora()).isTrue();
    assertThat(lora.dora()).isTrue();
    assertThat(lora.learningRateRatio()).isEqualTo(4);
    assertThat(lora.layers()).containsExactly(0);
    assertThat(settings.adalora().initialRank()).isEqualTo(6);
    assertThat(settings.adalora().targetRank()).isEqualTo(3);
    assertThat(settings.adalora().orthogonality()).isEqualTo(0.25);
    assertThat(settings.virtualTokens().count()).isEqualTo(9);
    assertThat(settings.virtualTokens().text()).isEqualTo("hello");
    assertThat(settings.virtualTokens().encoderWidth()).isEqualTo(11);
    assertThat(settings.ia3().feedForward()).containsExactly("down_proj");
    assertThat(read(", lora: {r: 2, layers_to_transform: [1]}").lora().layers()).containsExactly(1);
    assertThat(read(", adalora: {init_r: 9, lora_alpha: 3}").adalora().alpha()).isEqualTo(3);
    assertThat(read(", virtual_tokens: {num_virtual_tokens: 2}").virtualTokens().count())
        .isEqualTo(2);
    refused(", lora: {rank: 8}, lora_rank: 4", "rank and lora_rank both stand for it; keep one");
  }
}
