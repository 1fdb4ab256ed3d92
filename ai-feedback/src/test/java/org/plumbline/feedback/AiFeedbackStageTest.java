package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.format.PairReader;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;
import org.plumbline.testing.TestRun;

class AiFeedbackStageTest {
  private static final int PROMPTS = 300;

  @TempDir Path directory;
  private Path prompts;
  private int drawnPrompts;

  @BeforeEach
  void writePrompts() throws IOException {
    prompts = Files.createDirectories(directory.resolve("world")).resolve("prompts.train.jsonl");
    DatasetWriter.writePrompts(
        prompts,
        IntStream.range(0, PROMPTS).mapToObj(i -> Prompt.raw("p" + i, "prompt " + i)).toList());
  }

  /** Every fifth prompt gets two equal answers; else one good, one bad, in random order. */
  private AnswerSampler sampler() {
    return new AnswerSampler() {
      @Override
      public List<String> sample(List<Prompt> chunk, int perPrompt, long seed) {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < chunk.size(); i++) {
          int number = Integer.parseInt(chunk.get(i).id().substring(1));
          boolean goodFirst = RandomStreams.of(seed, "test", i).nextBoolean();
          String good = "good reply " + number;
          String bad = number % 5 == 0 ? good : number % 7 == 0 ? "good too" : "bad";
          answers.add(goodFirst ? good : bad);
          answers.add(goodFirst ? bad : good);
        }
        drawnPrompts += chunk.size();
        return answers;
      }

      @Override
      public void close() {}
    };
  }

  private static final SampleJudge WORLD =
      new SampleJudge(
          "world-1",
          (prompt, a, b) ->
              a.startsWith("good") == b.startsWith("good")
                  ? 0.7 // prefers the first of two good answers: position bias
                  : a.startsWith("good") ? 0.9 : 0.1);

  private AiFeedbackConfig config() {
    JudgeConfig judge = TestJudges.config("http://unused/v1", true).at("sample-world", "unused");
    return new AiFeedbackConfig(
        "sft",
        directory.resolve("world").toString(),
        Optional.empty(),
        0.1,
        judge,
        new SamplingConfig(8, 1, 1));
  }

  private Map<String, Object> run(TestRun context, AiFeedbackConfig config) throws IOException {
    Files.createDirectories(context.directory());
    return new AiFeedbackStage((c, x) -> sampler(), seed -> WORLD).run(config, context);
  }

  private static List<PreferencePair> pairs(Path file) throws IOException {
    return PairReader.read(file).rows();
  }

  @Test
  void writesPairsAndVerdictsAndCountsEverything() throws IOException {
    TestRun context = new TestRun(directory.resolve("out"));

    Map<String, Object> summary = run(context, config());

    int identical = PROMPTS / 5;
    long ties = IntStream.range(0, PROMPTS).filter(i -> i % 5 != 0 && i % 7 == 0).count();
    int asked = PROMPTS - identical;
    assertThat(summary)
        .containsEntry("prompts", PROMPTS)
        .containsEntry("identical", identical)
        .containsEntry("asked", asked)
        .containsEntry("ties", (int) ties)
        .containsEntry("none", 0)
        .containsEntry("labelled", asked - (int) ties)
        .containsEntry("position_bias", (double) ties / asked);
    assertThat((Long) summary.get("prompt_tokens")).isPositive();
    assertThat((Double) summary.get("cost")).isPositive();

    List<PreferencePair> train = pairs(context.directory().resolve("pairs.train.jsonl"));
    List<PreferencePair> validation = pairs(context.directory().resolve("pairs.validation.jsonl"));
    assertThat(train.size() + validation.size()).isEqualTo(asked - (int) ties);
    assertThat(validation).hasSizeBetween(5, 60);
    assertThat(train)
        .allMatch(pair -> pair.chosen().startsWith("good") && pair.rejected().equals("bad"))
        .allMatch(pair -> pair.annotator().equals("judge:world-1"));

    List<JsonRow> verdicts = JsonLines.readAll(context.directory().resolve("verdicts.jsonl"));
    assertThat(verdicts).hasSize(asked);
    assertThat(verdicts.get(0).object().fieldNames())
        .toIterable()
        .containsExactly(
            "id",
            "prompt",
            "answer_a",
            "answer_b",
            "verdict",
            "probability_a",
            "orders",
            "prompt_tokens",
            "completion_tokens",
            "cost");
  }

  @Test
  void sameSeedSameBytes() throws IOException {
    TestRun first = new TestRun(directory.resolve("one"));
    TestRun second = new TestRun(directory.resolve("two"));
    run(first, config());
    run(second, config());

    for (String file : List.of("pairs.train.jsonl", "pairs.validation.jsonl", "verdicts.jsonl")) {
      assertThat(second.directory().resolve(file))
          .hasSameBinaryContentAs(first.directory().resolve(file));
    }
  }

  @Test
  void stoppedRunGoesOnWithTheAnswersItHas() throws IOException {
    TestRun context = new TestRun(directory.resolve("out"));
    context.stoppingAfter(1);
    assertThatThrownBy(() -> run(context, config()))
        .isInstanceOf(StoppedException.class)
        .hasMessage("stopped after the answers to 0 of 300 prompts, all kept");

    context.stoppingAfter(Integer.MAX_VALUE);
    run(context, config());
    run(context, config());
    assertThat(drawnPrompts).isEqualTo(PROMPTS);
  }

  @Test
  void promptsCanBeLimited() throws IOException {
    AiFeedbackConfig c = config();
    AiFeedbackConfig few =
        new AiFeedbackConfig(
            c.policy(), prompts.toString(), Optional.of(20), 0.1, c.judge(), c.sampling());

    assertThat(run(new TestRun(directory.resolve("out")), few)).containsEntry("prompts", 20);
  }

  @Test
  void noWinnerAtAllIsAnError() throws IOException {
    SampleJudge undecided = new SampleJudge("u", (prompt, a, b) -> 0.5);
    TestRun context = new TestRun(Files.createDirectories(directory.resolve("out")));

    assertThatThrownBy(
            () ->
                new AiFeedbackStage((c, x) -> sampler(), seed -> undecided).run(config(), context))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("preferred no answer in any of 240 pairs: 240 ties, 0 without")
        .hasMessageContaining("First reply: {\"winner\": \"tie\"}");
  }

  @Test
  void emptyPromptFileIsAnError() throws IOException {
    Files.writeString(prompts, "");

    assertThatThrownBy(() -> run(new TestRun(directory.resolve("out")), config()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("prompts.train.jsonl");
  }

  @Test
  void configIsChecked() {
    AiFeedbackConfig c = config();
    assertThatThrownBy(
            () -> new AiFeedbackConfig("p", "q", Optional.of(0), 0.1, c.judge(), c.sampling()))
        .hasMessage("max_prompts=0 must be positive");
    assertThatThrownBy(
            () -> new AiFeedbackConfig("p", "q", Optional.empty(), 1, c.judge(), c.sampling()))
        .hasMessage("validation_split=1 must be at least 0 and below 1");
    assertThatThrownBy(() -> new SamplingConfig(8, 0, 1))
        .hasMessage("sampling.temperature=0 must be positive");
    assertThatThrownBy(() -> new SamplingConfig(8, 1, 1.5))
        .hasMessage("sampling.top_p=1.5 must be at most 1");
    assertThatThrownBy(() -> new SamplingConfig(0, 1, 1))
        .hasMessage("sampling.max_new_tokens=0 must be positive");
  }
}
