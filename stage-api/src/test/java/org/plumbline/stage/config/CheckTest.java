package org.plumbline.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CheckTest {
  @TestFactory
  Stream<DynamicTest> messages() {
    return Stream.of(
        broken(() -> Check.positive("a", 0), "a=0 must be positive"),
        broken(() -> Check.positive("a", -0.5), "a=-0.5 must be positive"),
        broken(() -> Check.positive("a", Double.NaN), "a=NaN must be positive"),
        broken(() -> Check.positive("a", Double.POSITIVE_INFINITY), "a=Infinity must be positive"),
        broken(() -> Check.nonNegative("a", -1), "a=-1 must not be negative"),
        broken(() -> Check.nonNegative("a", -0.1), "a=-0.1 must not be negative"),
        broken(() -> Check.unitInterval("a", 1.1), "a=1.1 must lie between 0 and 1"),
        broken(() -> Check.unitInterval("a", -1), "a=-1 must lie between 0 and 1"),
        broken(() -> Check.fraction("a", 1), "a=1 must be at least 0 and below 1"),
        broken(() -> Check.atLeast("a", 1, 2), "a=1 must be at least 2"),
        broken(() -> Check.atLeast("a", 1.5, 2), "a=1.5 must be at least 2"),
        broken(() -> Check.atMost("a", 3, 2), "a=3 must be at most 2"),
        broken(() -> Check.atMost("a", 2.5, 2), "a=2.5 must be at most 2"),
        broken(() -> Check.atMost("a", 3, "b", 2), "a=3 must be at most b=2"),
        broken(
            () -> Check.divides("ppo.minibatches", 4, "ppo.batch_size", 10),
            "ppo.minibatches=4 does not divide ppo.batch_size=10"),
        broken(() -> Check.divides("a", 0, "b", 10), "a=0 does not divide b=10"),
        broken(
            () -> Check.oneOf("a", "liner", "linear", "cosine"),
            "a=liner must be one of linear, cosine; did you mean linear?"),
        broken(
            () -> Check.oneOf("a", "x", "linear", "cosine"), "a=x must be one of linear, cosine"),
        broken(() -> Check.notBlank("a", " "), "a=\" \" must not be blank"),
        broken(() -> Check.notEmpty("a", List.of()), "a=[] must not be empty"));
  }

  private static DynamicTest broken(ThrowingCallable check, String message) {
    return DynamicTest.dynamicTest(
        message,
        () ->
            assertThatThrownBy(check)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message));
  }

  @Test
  void whatHoldsPasses() {
    assertThatCode(
            () -> {
              Check.positive("a", 1);
              Check.positive("a", 0.1);
              Check.nonNegative("a", 0);
              Check.nonNegative("a", 0.0);
              Check.unitInterval("a", 1);
              Check.fraction("a", 0);
              Check.atLeast("a", 2, 2);
              Check.atLeast("a", 2.0, 2);
              Check.atMost("a", 2, 2);
              Check.atMost("a", 2.0, 2);
              Check.atMost("a", 2, "b", 2);
              Check.divides("a", 2, "b", 10);
              Check.oneOf("a", "x", "x");
              Check.notBlank("a", "x");
              Check.notEmpty("a", List.of(1));
            })
        .doesNotThrowAnyException();
  }

  @Test
  void checksAreNotedOnlyWhileAReaderBuilds() {
    List<String> noted =
        Check.noting(
            () -> {
              Check.positive("a", 0);
              assertThat(Check.noting(() -> Check.positive("inner", 0))).hasSize(1);
              Check.positive("b", 0);
            });
    assertThat(noted).containsExactly("a=0 must be positive", "b=0 must be positive");
    assertThatThrownBy(() -> Check.positive("a", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keysChangeSpellingBothWays() {
    assertThat(KeyNames.snake("maxGradNorm")).isEqualTo("max_grad_norm");
    assertThat(KeyNames.camel("max_grad_norm")).isEqualTo("maxGradNorm");
    assertThat(KeyNames.snake("adamBeta2")).isEqualTo("adam_beta2");
    assertThat(KeyNames.ofFlag("--max-grad-norm")).isEqualTo("max_grad_norm");
    assertThat(KeyNames.distance("sede", "seed")).isEqualTo(1);
    assertThat(KeyNames.distance("", "abc")).isEqualTo(3);
    assertThat(KeyNames.nearest("sede", List.of("name", "seed"))).contains("seed");
    assertThat(KeyNames.nearest("x", List.of("name", "seed"))).isEmpty();
  }
}
