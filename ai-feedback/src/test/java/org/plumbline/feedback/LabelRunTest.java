package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.plumbline.stage.StoppedException;
import org.plumbline.stage.UserException;

class LabelRunTest {
  private static List<Verdict> run(Judge judge, int pairs) {
    return new LabelRun(judge, 4, () -> false, done -> {}).label(TestJudges.questions(pairs));
  }

  @Test
  void verdictsStandInTheOrderOfTheQuestionsWhateverTheirPace() {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Judge uneven =
        question -> {
          most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          pause(question.id().hashCode() % 5);
          underWay.decrementAndGet();
          return TestJudges.verdict(TestJudges.right(question));
        };

    assertThat(run(uneven, 60))
        .extracting(Verdict::outcome)
        .containsExactlyElementsOf(
            TestJudges.questions(60).stream().map(TestJudges::right).toList());
    assertThat(most.get()).isBetween(2, 4);
  }

  @Test
  void failedPairsWaitAndAreAskedAgain() {
    Map<String, Integer> tries = new ConcurrentHashMap<>();
    Judge flaky =
        question -> {
          int number = Integer.parseInt(question.id().substring(1));
          if (tries.merge(question.id(), 1, Integer::sum) == 1 && number % 3 == 1) {
            throw new JudgeUnavailableException("reset", new RuntimeException());
          }
          return TestJudges.verdict(Outcome.A);
        };

    assertThat(run(flaky, 30)).hasSize(30).doesNotContainNull();
    assertThat(tries.values().stream().mapToInt(n -> n).sum()).isEqualTo(40);
  }

  @Test
  void judgeThatIsNotThereEndsTheRunAtTheFirstPair() {
    AtomicInteger calls = new AtomicInteger();
    Judge absent =
        question -> {
          calls.incrementAndGet();
          throw new JudgeUnavailableException("the judge at X gave no answer", new Exception());
        };

    assertThatThrownBy(() -> run(absent, 50))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "the judge at X gave no answer. 0 of 50 pairs have their verdict, which is kept; is the"
                + " judge running, and judge.url right? The same command goes on from there.");
    assertThat(calls).hasValue(1);
  }

  @Test
  void judgeThatDiesOnTheWayEndsTheRunWithWhatIsKnownCounted() {
    Judge dying =
        question -> {
          if (Integer.parseInt(question.id().substring(1)) >= 10) {
            throw new JudgeUnavailableException("gone", new Exception());
          }
          return TestJudges.verdict(Outcome.A);
        };

    assertThatThrownBy(() -> run(dying, 20))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("gone. 10 of 20 pairs have their verdict");
  }

  @Test
  void errorOfTheUserEndsTheRunAtOnce() {
    Judge wrongKey =
        question -> {
          throw new UserException("the key is wrong");
        };

    assertThatThrownBy(() -> run(wrongKey, 20))
        .isInstanceOf(UserException.class)
        .hasMessage("the key is wrong");
  }

  @Test
  void stopEndsTheRunWithinSeconds() {
    Set<String> begun = ConcurrentHashMap.newKeySet();
    Judge slow =
        question -> {
          begun.add(question.id());
          pause(question.id().equals("q0") ? 0 : 60_000);
          return TestJudges.verdict(Outcome.A);
        };
    LabelRun run = new LabelRun(slow, 4, () -> begun.size() > 3, done -> {});

    long start = System.nanoTime();
    assertThatThrownBy(() -> run.label(TestJudges.questions(50)))
        .isInstanceOf(StoppedException.class)
        .hasMessageContaining("of 50 verdicts, all kept");
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(5);
  }

  @Test
  void noQuestionsNoVerdicts() {
    assertThat(run(question -> TestJudges.verdict(Outcome.A), 0)).isEmpty();
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(Math.max(0, millis));
    } catch (InterruptedException e) {
      throw new JudgeUnavailableException("interrupted", e);
    }
  }
}
