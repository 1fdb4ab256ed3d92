package org.plumbline.training.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.stage.config.ConfigReader;
import org.plumbline.stage.config.LocatedYaml;
import org.plumbline.training.TrainingConfig;
import org.plumbline.training.TuningMethod;
import org.plumbline.training.TuningSettings;

/** Plans against sums by hand, and the two figures of QLoRA's abstract. */
class TrainingMemoryTest {
  private static final double GB = 1e9;

  private static TransformerConfig llama(
      int vocabulary, int hidden, int mlp, int layers, int heads, DType stored) {
    LlamaSize size =
        new LlamaSize(vocabulary, hidden, mlp, layers, heads, heads, 2048, 10_000, false);
    return NewModels.llama(
            size, new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.empty()))
        .withDtype(stored);
  }

  private static TransformerConfig of65b() {
    return llama(32_000, 8192, 22_016, 80, 64, DType.BF16);
  }

  private static TrainingShape shape(
      TransformerConfig model,
      TuningMethod method,
      boolean checkpointing,
      DType compute,
      int batch,
      int length,
      String training) {
    TrainingConfig config =
        ConfigReader.read(
            TrainingConfig.class,
            LocatedYaml.parse("test", "{batch_size: %d, %s}".formatted(batch, training)),
            "training");
    return TrainingShape.ofRows(
            model, TuningSettings.of(method, checkpointing), compute, config, length)
        .with(false, false);
  }

  private static MemoryPlan plan(TrainingShape shape) {
    return new TrainingMemory(shape).plan();
  }

  /** Dettmers et al. 2023: 65B on one GPU of 48 GB. */
  @Test
  void qloraOf65bFitsIn48Gigabytes() {
    MemoryPlan plan = plan(shape(of65b(), TuningMethod.QLORA, true, DType.BF16, 1, 512, ""));
    assertThat(plan.sum() / GB).isBetween(33.0, 48.0);
    // 64.8 billion linear weights at 0.5159 byte, and embeddings and head in bfloat16.
    assertThat(plan.weights() / GB).isGreaterThan(64.76 * 0.5159 + 1.05);
  }

  /** The same abstract: more than 780 GB in 16 bits; the engine keeps float32 masters beside. */
  @Test
  void fullFineTuningOf65bIn16BitsNeedsMoreThan780Gigabytes() {
    MemoryPlan plan = plan(shape(of65b(), TuningMethod.FULL, true, DType.BF16, 1, 512, ""));
    assertThat(plan.sum() / GB).isGreaterThan(780);
    assertThat(plan.gradients() / GB).isCloseTo(4 * 65.29, within(0.1));
    assertThat(plan.optimizer() / GB).isCloseTo(8 * 65.29, within(0.1));
    // Masters, and the layers' matrices once more in bfloat16.
    assertThat(plan.weights() / GB).isCloseTo(4 * 65.29 + 2 * 64.76, within(0.2));
  }

  /** H 8, I 16, V 32, two layers, full: 32·8·2 + 2·(4·64 + 3·128 + 16) + 8 weights. */
  @Test
  void theSmallestModelIsAsCountedByHand() {
    TransformerConfig model = llama(32, 8, 16, 2, 2, DType.F32);
    MemoryPlan plan = plan(shape(model, TuningMethod.FULL, false, DType.F32, 3, 10, ""));
    long parameters = 512 + 2 * (256 + 384 + 16) + 8;
    assertThat(plan.gradients()).isEqualTo(4 * parameters);
    assertThat(plan.optimizer()).isEqualTo(8 * parameters);
    // Masters, and joined copies of q, k, v (3·64) and gate, up (2·128) in both layers.
    assertThat(plan.weights()).isEqualTo(4 * parameters + 2 * 4 * (192 + 256));
    // Per token of a layer: two norms with input, normalised values and result (6 H), the
    // product (3 H), what turned (2 H), what attention gives (1 H) with a number per head, 4 I;
    // and half of it more, which the allocator does not give back.
    long layer = 30 * 4 * (12 * 8 + 2 + 4 * 16);
    assertThat(plan.activations()).isEqualTo(3 * (2 * layer + 30 * 4 * 8) / 2);
    // 30 rows of logits twice, the head's gradient twice.
    assertThat(plan.logits()).isEqualTo(4 * (2 * 30 * 32 + 2 * 32 * 8));
  }

  /** Embeddings and output head: V · H weights each, gradients, moments, and the head's chunks. */
  @Test
  void modulesThatAreTrainedWholeCount() {
    TransformerConfig model = llama(1000, 512, 1376, 4, 8, DType.F32);
    TrainingConfig training =
        ConfigReader.read(
            TrainingConfig.class, LocatedYaml.parse("test", "{batch_size: 8}"), "training");
    TuningSettings settings =
        ConfigReader.read(
            TuningSettings.class,
            LocatedYaml.parse("test", "{method: lora, modules_to_save: [embed_tokens, lm_head]}"),
            "tuning");
    TrainingShape whole = TrainingShape.ofRows(model, settings, DType.F32, training, 64);
    TrainingShape without =
        TrainingShape.ofRows(model, settings.withoutModules(), DType.F32, training, 64);
    MemoryPlan more = plan(whole.with(false, false));
    MemoryPlan plain = plan(without.with(false, false));
    long numbers = 2 * 1000 * 512;
    assertThat(more.gradients() - plain.gradients()).isEqualTo(4 * numbers);
    assertThat(more.optimizer() - plain.optimizer()).isEqualTo(8 * numbers);
    assertThat(more.weights() - plain.weights()).isEqualTo(4 * numbers);
    assertThat(more.logits() - plain.logits()).isEqualTo(2 * 4 * 1000 * 512);
  }

  @Test
  void moreThanOnePartKeepsTheSumOfGradientsBesideTheNext() {
    TransformerConfig model = llama(1000, 512, 1376, 4, 8, DType.F32);
    MemoryPlan whole = plan(shape(model, TuningMethod.FULL, false, DType.F32, 8, 64, ""));
    MemoryPlan parts =
        plan(shape(model, TuningMethod.FULL, false, DType.F32, 8, 64, "micro_batch_size: 2"));
    assertThat(parts.gradients()).isEqualTo(2 * whole.gradients());
    assertThat(parts.activations()).isEqualTo(whole.activations() / 4);
  }

  @Test
  void everyChangeThatIsOfferedNeedsLess() {
    TransformerConfig model = llama(32_000, 1024, 2752, 12, 16, DType.F32);
    TrainingShape shape = shape(model, TuningMethod.FULL, false, DType.F32, 8, 512, "");
    List<TrainingShape.Change> changes = shape.changes("micro_batch_size", true, "max_length");
    assertThat(changes).hasSize(6);
    for (TrainingShape.Change change : changes) {
      UnaryOperator<TrainingShape> of = change.of();
      assertThat(plan(of.apply(shape)).sum()).as(change.setting()).isLessThan(plan(shape).sum());
    }
  }

  @Test
  void theSumIsNoMoreThanItsPartsAndNoLessThanWhatIsAlwaysHeld() {
    TransformerConfig model = llama(32_000, 1024, 2752, 12, 16, DType.F32);
    for (TuningMethod method : TuningMethod.values()) {
      for (DType compute : List.of(DType.F32, DType.BF16)) {
        MemoryPlan plan = plan(shape(model, method, false, compute, 4, 300, ""));
        long always = plan.weights() + plan.optimizer() + plan.fixed();
        long working = plan.gradients() + plan.activations() + plan.logits();
        assertThat(plan.sum()).as(method.key()).isGreaterThan(always);
        // The update rule's intermediate arrays are no part of the table.
        assertThat(plan.sum()).as(method.key()).isLessThanOrEqualTo(always + working);
      }
    }
  }
}
