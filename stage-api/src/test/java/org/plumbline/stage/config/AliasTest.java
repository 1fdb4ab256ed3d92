package org.plumbline.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.stage.config.SampleConfigs.problems;
import static org.plumbline.stage.config.SampleConfigs.read;

import org.junit.jupiter.api.Test;
import org.plumbline.stage.config.SampleConfigs.Ppo;

class AliasTest {
  @Test
  void namesOfTheFieldAreTaken() {
    Ppo config =
        read(
            "model_name_or_path: sft",
            "per_device_train_batch_size: 16",
            "num_mini_batches: 2",
            "lam: 0.9",
            "lr: 1e-5",
            "init_kl_coef: 0.2",
            "target_kl: 6",
            "lora_r: 8",
            "lora_alpha: 32",
            "lora_target_modules: [q_proj]");
    assertThat(config.policy()).isEqualTo("sft");
    assertThat(config.batchSize()).isEqualTo(16);
    assertThat(config.minibatches()).isEqualTo(2);
    assertThat(config.lambda()).isEqualTo(0.9);
    assertThat(config.learningRate()).isEqualTo(1e-5);
    assertThat(config.kl().beta()).isEqualTo(0.2);
    assertThat(config.kl().target()).contains(6.0);
    assertThat(config.lora().orElseThrow().rank()).isEqualTo(8);
    assertThat(config.lora().orElseThrow().alpha()).isEqualTo(32);
    assertThat(config.lora().orElseThrow().targets()).containsExactly("q_proj");
  }

  @Test
  void aliasesWorkInsideTheNestedSectionToo() {
    assertThat(read("policy: a", "lora: {r: 3, target_modules: [v]}").lora().orElseThrow().rank())
        .isEqualTo(3);
    assertThat(read("policy: a", "lora: {adapter_rank: 5}").lora().orElseThrow().rank())
        .isEqualTo(5);
  }

  @Test
  void anErrorUnderAnAliasShowsBothNames() {
    assertThat(problems("policy: a", "per_device_train_batch_size: x"))
        .containsExactly(
            "recipe.yaml line 2: human-ppo.batch_size (written per_device_train_batch_size): found x, needs a whole number");
    assertThat(problems("policy: a", "batch_size: 10", "num_mini_batches: 3"))
        .containsExactly(
            "recipe.yaml line 3: human-ppo.minibatches: ppo.minibatches=3 does not divide ppo.batch_size=10");
  }

  @Test
  void aKeyAndItsAliasTogetherAreRefused() {
    assertThat(problems("policy: a", "batch_size: 8", "train_batch_size: 4"))
        .containsExactly(
            "recipe.yaml line 3: human-ppo.batch_size: batch_size and train_batch_size both stand for it; keep one");
    assertThat(problems("policy: a", "lora: {rank: 8}", "lora_r: 4"))
        .containsExactly(
            "recipe.yaml line 3: human-ppo.lora.rank: rank and lora_r both stand for it; keep one");
    assertThat(problems("policy: a", "lora: yes", "lora_r: 4"))
        .contains(
            "recipe.yaml line 3: human-ppo.lora.rank: cannot be set: human-ppo.lora holds yes, no section");
  }

  @Test
  void anAliasOfAKeyThatTheRecordLacksIsUnknown() {
    assertThat(problems("policy: a", "num_train_epochs: 3"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("recipe.yaml line 2: human-ppo.num_train_epochs: unknown key;");
  }

  @Test
  void everyRowOfTheTableLeadsToSnakeCaseKeys() {
    assertThat(AliasTable.rows()).hasSizeGreaterThan(40);
    AliasTable.rows()
        .forEach(
            (alias, keys) -> {
              assertThat(keys).as(alias).isNotEmpty().doesNotContain(alias);
              assertThat(keys).allMatch(key -> key.matches("[a-z0-9_]+(\\.[a-z0-9_]+)*"));
            });
  }
}
