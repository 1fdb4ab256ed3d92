package org.plumbline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.plumbline.model.safetensors.DType;
import org.plumbline.stage.config.ConfigException;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;

/** Keys that every trainer shares. */
class TrainingConfigTest {
  private static <C extends Record> C read(Class<C> type, String yaml) {
    return ConfigReader.read(type, LocatedYaml.parse("test", yaml), "stage");
  }

  private static void refused(Class<? extends Record> type, String yaml, String message) {
    assertThatThrownBy(() -> read(type, yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void stepsFollowFromEpochsRowsAndBatchSize() {
    TrainingConfig config = read(TrainingConfig.class, "{epochs: 1.5, batch_size: 4}");
    assertThat(config.totalSteps(16)).isEqualTo(6);
    assertThat(config.totalSteps(1)).isEqualTo(1);
    assertThat(read(TrainingConfig.class, "{steps: 9, epochs: 1.5}").totalSteps(16)).isEqualTo(9);
    assertThat(config.rowsAtOnce()).isEqualTo(4);
    assertThat(read(TrainingConfig.class, "{batch_size: 4, micro_batch_size: 3}").rowsAtOnce())
        .isEqualTo(3);
    assertThat(read(TrainingConfig.class, "{batch_size: 4, micro_batch_size: 9}").rowsAtOnce())
        .isEqualTo(4);
  }

  @Test
  void namesOfTheFieldAreTaken() {
    OptimizerConfig optimizer =
        read(OptimizerConfig.class, "{optim: adamw, adam_beta2: 0.95, adam_epsilon: 1e-5}");
    assertThat(optimizer.beta2()).isEqualTo(0.95);
    assertThat(optimizer.epsilon()).isEqualTo(Optional.of(1e-5));
    assertThat(read(ScheduleConfig.class, "{lr_scheduler_type: cosine}").kind())
        .isEqualTo(ScheduleKind.COSINE);
    assertThat(Precision.BFLOAT16.dtype()).isEqualTo(DType.BF16);
  }

  @Test
  void rulesHaveTheNamesOfTransformersToo() {
    for (String name : List.of("adamw_8bit", "adamw-8bit", "adamw_bnb_8bit", "paged_adamw_8bit")) {
      assertThat(read(OptimizerConfig.class, "{optim: %s}".formatted(name)).kind())
          .isEqualTo(OptimizerKind.ADAMW_8BIT);
    }
    assertThat(read(OptimizerConfig.class, "{optim: adamw_torch}").kind())
        .isEqualTo(OptimizerKind.ADAMW);
    refused(OptimizerConfig.class, "{optim: adamw_9bit}", "did you mean adamw_8bit?");
    refused(
        OptimizerConfig.class,
        "{kind: adamw_8bit, amsgrad: true}",
        "adamw_8bit keeps no largest second moment");
  }

  @Test
  void theRuleChoosesItsEpsilon() {
    assertThat(read(OptimizerConfig.class, "{}").effectiveEpsilon()).isEqualTo(1e-8);
    assertThat(read(OptimizerConfig.class, "{kind: adagrad}").effectiveEpsilon()).isEqualTo(1e-10);
    assertThat(read(OptimizerConfig.class, "{kind: adafactor}").effectiveEpsilon())
        .isEqualTo(1e-30);
  }

  @Test
  void aWarmUpRatioIsAShareOfAllSteps() {
    Schedule schedule =
        new Schedule(read(ScheduleConfig.class, "{kind: linear, warmup_ratio: 0.2}"), 1, 10);
    assertThat(LongStream.range(0, 4).mapToDouble(schedule::rate))
        .containsExactly(0.0, 0.5, 1.0, 0.875);
    assertThat(schedule.rate(12)).isZero();
  }

  @Test
  void messagesNameKeyValueAndRule() {
    refused(TrainingConfig.class, "{epochs: 0}", "training.epochs=0 must be positive");
    refused(
        TrainingConfig.class, "{learning_rate: -1}", "training.learning_rate=-1 must be positive");
    refused(
        TrainingConfig.class, "{patience: 1}", "training.patience=1 needs training.evaluate_every");
    refused(OptimizerConfig.class, "{beta1: 1.1}", "beta1=1.1 must lie between 0 and 1");
    refused(OptimizerConfig.class, "{epsilon: 0}", "epsilon=0 must be positive");
    refused(ScheduleConfig.class, "{warmup_ratio: 2}", "warmup_ratio=2 must lie between 0 and 1");
    refused(LoraSettings.class, "{rank: 0}", "lora.rank=0 must be positive");
    refused(LoraSettings.class, "{dropout: 1}", "lora.dropout=1 must be at least 0 and below 1");
    refused(LoraSettings.class, "{targets: []}", "lora.targets=[] must not be empty");
  }
}
