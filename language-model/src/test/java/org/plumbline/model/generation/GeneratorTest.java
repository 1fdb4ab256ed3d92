package org.plumbline.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.architecture.DecodingSession;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.BeamConfig;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.LogitRules;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.model.tensor.Parameter;

/** Replies depend on their prompt and their random numbers alone. */
@Tag("invariant")
class GeneratorTest {
  private static final List<int[]> PROMPTS =
      List.of(
          new int[] {5, 9, 31},
          new int[] {7},
          new int[] {40, 3, 3, 17, 22, 8},
          new int[] {11, 12, 13, 14, 15});
  private static final SamplingConfig WARM =
      new SamplingConfig(9, 0.8, 30, 0.95, 0.01, 1.2, Set.of(6));

  private static final StopRule NO_STOP = StopRule.NONE;

  private static TransformerModel model;

  @BeforeAll
  static void aTinyModel() {
    LlamaSize size = new LlamaSize(60, 32, 48, 2, 4, 2, 64, 10_000, true);
    SpecialIds none = new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.empty());
    model = TransformerModel.create(NewModels.llama(size, none), LoadOptions.frozen(), 3);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static UniformRandomProvider stream(int seed) {
    return RandomSource.SPLIT_MIX_64.create((long) seed);
  }

  private static List<Generated> generate(
      int batchSize,
      List<int[]> prompts,
      SamplingConfig config,
      IntFunction<UniformRandomProvider> streams) {
    try (Generator generator = new Generator(model, batchSize)) {
      return generator.generate(prompts, List.of(), config, streams);
    }
  }

  @Test
  void repliesDoNotDependOnBatchNeighbours() {
    for (SamplingConfig config : List.of(WARM, SamplingConfig.greedy(9, Set.of(6)))) {
      List<Generated> together = generate(16, PROMPTS, config, GeneratorTest::stream);
      List<Generated> inTwos = generate(2, PROMPTS, config, GeneratorTest::stream);
      for (int i = 0; i < PROMPTS.size(); i++) {
        int row = i;
        Generated alone = generate(1, List.of(PROMPTS.get(i)), config, none -> stream(row)).get(0);
        assertThat(together.get(i).ids()).isEqualTo(alone.ids());
        assertThat(inTwos.get(i).ids()).isEqualTo(alone.ids());
      }
    }
  }

  @Test
  void severalRepliesToAPromptEqualThoseToItAlone() {
    int each = 5;
    List<int[]> repeated = new ArrayList<>();
    PROMPTS.forEach(prompt -> repeated.addAll(Collections.nCopies(each, prompt)));
    SamplingConfig config = WARM.withLogProbs();
    List<Generated> shared = generate(32, repeated, config, GeneratorTest::stream);
    for (int i = 0; i < repeated.size(); i++) {
      int row = i;
      Generated alone = generate(1, List.of(repeated.get(i)), config, none -> stream(row)).get(0);
      assertThat(shared.get(i).ids()).isEqualTo(alone.ids());
      assertThat(shared.get(i).stopped()).isEqualTo(alone.stopped());
      assertThat(shared.get(i).logProbs()).containsExactly(alone.logProbs(), within(1e-5f));
    }
    assertThat(shared.stream().map(reply -> Arrays.toString(reply.ids())).distinct().count())
        .as("each row has its own stream")
        .isGreaterThan(15);
  }

  /** Up to rounding: products of other numbers of rows add up in another order. */
  @Test
  void aRepeatedCacheEqualsAPromptReadSeveralTimes() {
    int[] prompt = PROMPTS.get(2);
    int[] other = PROMPTS.get(3);
    int[][] tokens = {{4, 9, 16, 25, 36}, {1, 1, 2, 3, 5}};
    try (NDManager scope = model.newScope();
        DecodingSession once = model.session(List.of());
        DecodingSession often = model.session(List.of())) {
      once.prompt(scope, List.of(prompt, other), 12);
      once.keep(new int[] {0, 0, 0, 1, 1});
      often.prompt(scope, List.of(prompt, prompt, prompt, other, other), 12);
      for (int[] step : tokens) {
        assertThat(once.step(scope, step).toFloatArray())
            .containsExactly(often.step(scope, step).toFloatArray(), within(1e-5f));
      }
    }
  }

  @Test
  void logProbabilitiesAreThoseOfTheModelAtTheTemperature() {
    SamplingConfig odd =
        WARM.with(
            new LogitRules(
                0.9,
                0.001,
                0.002,
                2,
                0,
                3,
                Set.of(4),
                Set.of(6),
                List.of(),
                Map.of(List.of(9), 2.0)));
    for (SamplingConfig config : List.of(WARM, odd)) {
      List<Generated> replies = generate(3, PROMPTS, config.withLogProbs(), GeneratorTest::stream);
      compare(replies, config.temperature());
      assertThat(generate(3, PROMPTS, config, GeneratorTest::stream).get(0).logProbs()).isEmpty();
    }
    compare(
        generate(3, PROMPTS, SamplingConfig.greedy(5, Set.of()).withLogProbs(), row -> null), 1);
    try (Generator generator = new Generator(model, 8)) {
      SamplingConfig greedy = SamplingConfig.greedy(5, Set.of()).with(odd.rules()).withLogProbs();
      compare(generator.search(PROMPTS, List.of(), greedy, BeamConfig.of(3), 1, NO_STOP), 1);
    }
  }

  private static void compare(List<Generated> replies, double temperature) {
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      int[] prompt = PROMPTS.get(i);
      int[] reply = replies.get(i).ids();
      int[] both = Arrays.copyOf(prompt, prompt.length + reply.length);
      System.arraycopy(reply, 0, both, prompt.length, reply.length);
      sequences.add(new Sequence(both, prompt.length));
    }
    List<float[]> want = new SequenceScorer(model, 4).logProbs(sequences, List.of(), temperature);
    for (int i = 0; i < replies.size(); i++) {
      assertThat(replies.get(i).logProbs()).containsExactly(want.get(i), within(1e-5f));
    }
  }

  @Test
  void aStopRuleEndsRowsAndBeams() {
    SamplingConfig greedy = SamplingConfig.greedy(9, Set.of());
    StopRule third = (row, ids, length) -> length == 3 + row;
    try (Generator generator = new Generator(model, 16)) {
      List<Generated> replies = generator.generate(PROMPTS, List.of(), greedy, row -> null, third);
      List<Generated> beams =
          generator.search(PROMPTS, List.of(), greedy, BeamConfig.of(3), 1, third);
      for (int i = 0; i < PROMPTS.size(); i++) {
        assertThat(replies.get(i).ids()).hasSize(3 + i);
        assertThat(replies.get(i).stopped()).isTrue();
        assertThat(beams.get(i).ids()).hasSize(3 + i);
        assertThat(beams.get(i).stopped()).isTrue();
      }
    }
  }

  @Test
  void beamsDoNotDependOnTheirNeighbours() {
    SamplingConfig greedy = SamplingConfig.greedy(7, Set.of(6, 20));
    try (Generator wide = new Generator(model, 32);
        Generator narrow = new Generator(model, 1)) {
      List<Generated> together =
          wide.search(PROMPTS, List.of(), greedy, BeamConfig.of(4), 3, NO_STOP);
      List<Generated> alone =
          narrow.search(PROMPTS, List.of(), greedy, BeamConfig.of(4), 3, NO_STOP);
      assertThat(together).hasSize(12);
      for (int i = 0; i < together.size(); i++) {
        assertThat(together.get(i).ids()).isEqualTo(alone.get(i).ids());
      }
    }
  }

  @Test
  void learnedPositionsLimitReplies(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architectures":["GPT2LMHeadModel"],"model_type":"gpt2","vocab_size":60,"n_embd":32,
         "n_layer":1,"n_head":4,"n_positions":8}
        """);
    TransformerConfig config = TransformerConfig.read(folder);
    try (TransformerModel gpt2 = TransformerModel.create(config, LoadOptions.frozen(), 3);
        Generator generator = new Generator(gpt2, 16)) {
      SamplingConfig greedy = SamplingConfig.greedy(20, Set.of());
      List<Generated> replies = generator.generate(PROMPTS, List.of(), greedy, row -> null);
      assertThat(replies.stream().map(reply -> reply.ids().length)).containsExactly(6, 8, 3, 4);
      assertThat(replies.stream().noneMatch(Generated::stopped)).isTrue();
      assertThat(
              generator.search(PROMPTS, List.of(), greedy, BeamConfig.of(2), 1, NO_STOP).stream()
                  .map(reply -> reply.ids().length))
          .containsExactly(6, 8, 3, 4);
      assertThatThrownBy(
              () ->
                  generator.generate(
                      List.of(new int[] {1}, new int[9]), List.of(), greedy, row -> null))
          .hasMessage("prompt 2 has 9 tokens but the model has 8 learned positions; shorten it");
    }
  }

  @Test
  void refusesWhatCannotBeGenerated() {
    SamplingConfig greedy = SamplingConfig.greedy(4, Set.of());
    assertThatThrownBy(() -> generate(4, List.of(new int[] {1}, new int[0]), greedy, row -> null))
        .hasMessage("prompt 2 has no token");
    Set<Integer> all = Set.copyOf(IntStream.range(0, 60).boxed().toList());
    SamplingConfig mute =
        greedy.with(new LogitRules(1, 0, 0, 0, 0, 0, Set.of(), all, List.of(), Map.of()));
    assertThatThrownBy(() -> generate(4, PROMPTS, mute, row -> null))
        .hasMessageContaining("no token is left for token 1 of the reply to prompt ");
    try (Generator generator = new Generator(model, 4)) {
      assertThatThrownBy(
              () -> generator.search(PROMPTS, List.of(), WARM, BeamConfig.of(2), 1, NO_STOP))
          .hasMessage("temperature=0.8 must be 0 in beam search, which draws nothing");
      assertThatThrownBy(
              () -> generator.search(PROMPTS, List.of(), greedy, BeamConfig.of(2), 3, NO_STOP))
          .hasMessage("3 replies per prompt are asked for; needed: 1 to num_beams=2");
      SamplingConfig one =
          greedy.with(
              new LogitRules(
                  1,
                  0,
                  0,
                  0,
                  0,
                  0,
                  Set.copyOf(IntStream.range(1, 60).boxed().toList()),
                  Set.of(),
                  List.of(),
                  Map.of()));
      assertThatThrownBy(
              () -> generator.search(PROMPTS, List.of(), one, BeamConfig.of(2), 2, NO_STOP))
          .hasMessageContaining("has 1 replies under these rules but 2 are asked for");
    }
  }

  @Test
  void namesWhereTheModelIsBroken() {
    LlamaSize size = new LlamaSize(60, 32, 48, 2, 4, 2, 64, 10_000, false);
    SpecialIds none = new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.empty());
    try (TransformerModel broken =
            TransformerModel.create(NewModels.llama(size, none), LoadOptions.full(), 3);
        Generator generator = new Generator(broken, 4)) {
      List<int[]> prompts = List.of(new int[] {5, 6}, new int[] {9, 5});
      SamplingConfig greedy = SamplingConfig.greedy(4, Set.of());
      // Token 9's embedding alone: the first prompt goes on.
      spoil(broken, "model.embed_tokens.weight", 9 * 32);
      assertThatThrownBy(() -> generator.generate(prompts, List.of(), greedy, row -> null))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageStartingWith(
              "logits of prompt 2 are not finite at token 1 of its reply; first broken: the embeddings.");
      spoil(broken, "model.layers.1.mlp.down_proj.weight", 0);
      assertThatThrownBy(
              () -> generator.search(prompts, List.of(), greedy, BeamConfig.of(2), 1, NO_STOP))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("logits of prompt 1 are not finite")
          .hasMessageContaining("first broken: layer 2 of 2.");
    }
  }

  private static void spoil(TransformerModel model, String name, int index) {
    Parameter parameter =
        model.parameters().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    float[] values = parameter.value().toFloatArray();
    values[index] = Float.NaN;
    parameter.value().set(values);
    parameter.changed().run();
  }
}
