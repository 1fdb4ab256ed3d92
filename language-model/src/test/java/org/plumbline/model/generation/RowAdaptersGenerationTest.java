package org.plumbline.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.LoraStart;
import org.plumbline.model.adapter.TrainedBias;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.BeamConfig;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.tokenizer.EncodedPair;

/** Replies and scores of rows with adapters of their own are those of each adapter's own call. */
@Tag("invariant")
class RowAdaptersGenerationTest {
  /** The first three are one prompt. */
  private static final List<int[]> PROMPTS =
      List.of(
          new int[] {5, 9, 31},
          new int[] {5, 9, 31},
          new int[] {5, 9, 31},
          new int[] {40, 3, 3, 17, 22, 8},
          new int[] {5, 9, 31},
          new int[] {7});

  private static final SamplingConfig WARM =
      new SamplingConfig(9, 0.8, 30, 0.95, 0.01, 1.2, Set.of(6)).withLogProbs();

  private static TransformerModel model;
  private static List<List<Adapter>> rows;

  @BeforeAll
  static void aTinyModelForThree() {
    model = TransformerModel.create(config(), LoadOptions.frozen(), 3);
    rows = rows(model);
  }

  private static TransformerConfig config() {
    LlamaSize size = new LlamaSize(60, 32, 48, 2, 4, 2, 64, 10_000, true);
    SpecialIds none = new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.empty());
    return NewModels.llama(size, none);
  }

  private static List<List<Adapter>> rows(TransformerModel model) {
    List<Adapter> ann = List.of(model.addAdapter("ann", random(4, Lora.ALL_LINEAR), 0, 1));
    List<Adapter> bob = List.of(model.addAdapter("bob", random(2, "query|.*v.*|.*dense.*"), 0, 2));
    return List.of(ann, bob, ann, List.of(), List.of(), bob);
  }

  private static Lora random(int rank, String targets) {
    return new Lora(
        rank,
        9,
        0,
        List.of(targets),
        false,
        false,
        LoraStart.BOTH_NORMAL,
        TrainedBias.NONE,
        List.of(),
        java.util.Map.of(),
        java.util.Map.of());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static UniformRandomProvider stream(int seed) {
    return RandomSource.SPLIT_MIX_64.create((long) seed);
  }

  @Test
  void repliesAreThoseOfEachRowAlone() {
    for (SamplingConfig config :
        List.of(WARM, SamplingConfig.greedy(9, Set.of(6)).withLogProbs())) {
      for (int batchSize : new int[] {16, 4, 1}) {
        try (Generator generator = new Generator(model, batchSize)) {
          List<Generated> together =
              generator.generate(
                  PROMPTS,
                  RowAdapters.each(rows),
                  config,
                  RowAdaptersGenerationTest::stream,
                  StopRule.NONE);
          for (int i = 0; i < PROMPTS.size(); i++) {
            int row = i;
            Generated alone =
                generator
                    .generate(List.of(PROMPTS.get(i)), rows.get(i), config, none -> stream(row))
                    .get(0);
            assertThat(together.get(i).ids()).isEqualTo(alone.ids());
            assertThat(together.get(i).logProbs()).containsExactly(alone.logProbs(), within(1e-4f));
          }
          assertThat(together.get(0).logProbs()[0])
              .as("one prompt, another adapter")
              .isNotCloseTo(together.get(1).logProbs()[0], within(1e-3f))
              .isNotCloseTo(together.get(4).logProbs()[0], within(1e-3f));
        }
      }
    }
  }

  @Test
  void rowsThatEndLeaveTheOthersAsTheyAre() {
    StopRule byRow = (row, ids, length) -> length == 1 + 2 * row;
    SamplingConfig greedy = SamplingConfig.greedy(12, Set.of());
    try (Generator generator = new Generator(model, 16)) {
      List<Generated> together =
          generator.generate(PROMPTS, RowAdapters.each(rows), greedy, row -> null, byRow);
      for (int i = 0; i < PROMPTS.size(); i++) {
        Generated alone =
            generator.generate(List.of(PROMPTS.get(i)), rows.get(i), greedy, row -> null).get(0);
        assertThat(together.get(i).ids())
            .hasSize(1 + 2 * i)
            .isEqualTo(Arrays.copyOf(alone.ids(), 1 + 2 * i));
      }
    }
  }

  @Test
  void beamsUseTheirPromptsAdapter() {
    SamplingConfig greedy = SamplingConfig.greedy(7, Set.of(6, 20)).withLogProbs();
    try (Generator generator = new Generator(model, 32)) {
      List<Generated> together =
          generator.search(
              PROMPTS, RowAdapters.each(rows), greedy, BeamConfig.of(4), 3, StopRule.NONE);
      assertThat(together).hasSize(3 * PROMPTS.size());
      for (int i = 0; i < PROMPTS.size(); i++) {
        List<Generated> alone =
            generator.search(
                List.of(PROMPTS.get(i)), rows.get(i), greedy, BeamConfig.of(4), 3, StopRule.NONE);
        for (int k = 0; k < 3; k++) {
          Generated one = together.get(3 * i + k);
          assertThat(one.ids()).isEqualTo(alone.get(k).ids());
          assertThat(one.logProbs()).containsExactly(alone.get(k).logProbs(), within(1e-4f));
        }
      }
      assertThat(together.get(0).ids()).isNotEqualTo(together.get(12).ids());
    }
  }

  @Test
  void logProbabilitiesAndScoresAreThoseOfEachRowAlone() {
    List<Sequence> sequences = PROMPTS.stream().map(ids -> new Sequence(ids, 1)).toList();
    SequenceScorer scorer = new SequenceScorer(model, 4);
    List<float[]> together = scorer.logProbs(sequences, RowAdapters.each(rows), 0.7);
    for (int i = 0; i < PROMPTS.size(); i++) {
      float[] alone = scorer.logProbs(sequences.subList(i, i + 1), rows.get(i), 0.7).get(0);
      assertThat(together.get(i)).containsExactly(alone, within(1e-4f));
    }
    assertThat(together.get(0)[0]).isNotCloseTo(together.get(4)[0], within(1e-3f));
  }

  @Test
  void rewardsAreThoseOfEachRowAlone(@TempDir Path folder) {
    model.save(folder);
    try (TransformerModel reward = TransformerModel.loadAsScorer(folder, LoadOptions.frozen(), 4)) {
      List<List<Adapter>> own = rows(reward);
      SequenceScorer scorer = new SequenceScorer(reward, 4);
      double[] together = scorer.scores(PROMPTS, RowAdapters.each(own));
      for (int i = 0; i < PROMPTS.size(); i++) {
        assertThat(together[i])
            .isCloseTo(scorer.scores(List.of(PROMPTS.get(i)), own.get(i))[0], within(1e-5));
      }
      assertThat(together[0]).isNotCloseTo(together[1], within(1e-4));
    }
  }

  @Test
  void encodersToo(@TempDir Path folder) throws IOException {
    for (String head : List.of("MaskedLM", "SequenceClassification")) {
      Files.writeString(
          folder.resolve("config.json"),
          """
          {"architectures":["BertFor%s"],"model_type":"bert","vocab_size":60,"hidden_size":32,
           "num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":48,
           "max_position_embeddings":32,"type_vocab_size":2,"hidden_act":"gelu"}
          """
              .formatted(head));
      TransformerConfig config = TransformerConfig.read(folder);
      try (TransformerModel bert = TransformerModel.create(config, LoadOptions.frozen(), 3)) {
        List<List<Adapter>> own = rows(bert);
        List<EncodedPair> texts =
            PROMPTS.stream()
                .map(ids -> new EncodedPair(ids, new int[ids.length], new boolean[ids.length]))
                .toList();
        EncoderScorer scorer = new EncoderScorer(bert, 4, done -> {});
        boolean masked = head.equals("MaskedLM");
        List<float[]> together = encoded(scorer, masked, texts, RowAdapters.each(own));
        for (int i = 0; i < texts.size(); i++) {
          RowAdapters one = RowAdapters.all(own.get(i));
          assertThat(together.get(i))
              .containsExactly(
                  encoded(scorer, masked, texts.subList(i, i + 1), one).get(0), within(1e-4f));
        }
        assertThat(together.get(0)[0]).isNotCloseTo(together.get(4)[0], within(1e-4f));
      }
    }
  }

  private static List<float[]> encoded(
      EncoderScorer scorer, boolean masked, List<EncodedPair> texts, RowAdapters adapters) {
    return masked ? scorer.maskedLogProbs(texts, 3, adapters) : scorer.logits(texts, adapters);
  }

  @Test
  void everyPromptNeedsItsList() {
    try (Generator generator = new Generator(model, 16)) {
      List<int[]> two = PROMPTS.subList(0, 2);
      assertThatThrownBy(
              () ->
                  generator.generate(two, RowAdapters.each(rows), WARM, row -> null, StopRule.NONE))
          .hasMessageStartingWith("adapters are given for 6 rows but there are 2");
    }
    List<Sequence> sequences = List.of(new Sequence(PROMPTS.get(0), 1));
    assertThatThrownBy(
            () -> new SequenceScorer(model, 4).logProbs(sequences, RowAdapters.each(rows), 1))
        .hasMessageStartingWith("adapters are given for 6 rows but there are 1");
  }
}
