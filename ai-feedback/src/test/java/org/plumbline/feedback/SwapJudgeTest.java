package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwapJudgeTest {
  @ParameterizedTest
  @CsvSource({
    // said to (a, b), said to (b, a) in that order's own letters, verdict, follows the position
    "A, B, A, false",
    "B, A, B, false",
    "A, A, TIE, true",
    "B, B, TIE, true",
    "TIE, TIE, TIE, false",
    "A, TIE, TIE, false",
    "TIE, A, TIE, false",
    "NONE, A, NONE, false",
    "A, NONE, NONE, false",
    "NONE, NONE, NONE, false"
  })
  void bothOrdersMustAgree(Outcome forward, Outcome backward, Outcome expected, boolean biased) {
    Judge inner =
        question -> TestJudges.verdict(question.answerA().equals("a") ? forward : backward);

    Verdict verdict = new SwapJudge(inner).compare(new JudgeQuestion("1", "p", "a", "b"));

    assertThat(verdict.outcome()).isEqualTo(expected);
    assertThat(verdict.followsPosition()).isEqualTo(biased);
    assertThat(verdict.orders()).extracting(Asked::order).containsExactly("ab", "ba");
    assertThat(verdict.orders().get(1).outcome()).isEqualTo(backward.swapped());
    assertThat(verdict.usage()).isEqualTo(new Usage(2, 20, 4));
    assertThat(verdict.cost()).isEqualTo(1.0);
  }

  @Test
  void probabilitiesOfBothOrdersAreAveragedInTermsOfTheQuestion() {
    Judge inner =
        question ->
            new Verdict(
                question.answerA().equals("a") ? Outcome.A : Outcome.B,
                OptionalDouble.of(question.answerA().equals("a") ? 0.9 : 0.3),
                List.of(),
                Usage.NOTHING,
                0);

    Verdict verdict = new SwapJudge(inner).compare(new JudgeQuestion("1", "p", "a", "b"));

    assertThat(verdict.preferenceForA().getAsDouble()).isCloseTo(0.8, within(1e-12));
  }

  @Test
  void withoutProbabilitiesThePreferenceIsTheShareOfOrdersWon() {
    Judge follower = question -> TestJudges.verdict(Outcome.A);
    JudgeQuestion question = new JudgeQuestion("1", "p", "a", "b");

    assertThat(new SwapJudge(follower).compare(question).preferenceForA()).hasValue(0.5);
    assertThat(TestJudges.verdict(Outcome.A).preferenceForA()).hasValue(1);
    assertThat(TestJudges.verdict(Outcome.NONE).preferenceForA()).isEmpty();
  }
}
