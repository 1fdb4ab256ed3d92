package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptSplitterTest {
  private static final SplitFractions FRACTIONS = new SplitFractions(0.1, 0.2);
  private final List<Prompt> prompts =
      IntStream.range(0, 3000).mapToObj(i -> Prompt.raw("" + i, "prompt " + i / 2)).toList();

  @Test
  void fractionsAreKeptAndPromptsStayTogether() {
    DataSplit<Prompt> split = new PromptSplitter(1).split(prompts, Function.identity(), FRACTIONS);
    assertThat(split.test().size()).isBetween(480, 720);
    assertThat(split.validation().size()).isBetween(220, 380);
    assertThat(split.train().size() + split.validation().size() + split.test().size())
        .isEqualTo(3000);
    assertThat(split.test().size() % 2).isZero();
  }

  @Test
  void spellingDoesNotMoveAPrompt() {
    assertThat(PromptSplitter.normalised(Prompt.raw("a", " Cafe\u0301  X\n")))
        .isEqualTo(PromptSplitter.normalised(Prompt.raw("b", "caf\u00e9 x")));
  }

  @Test
  void furtherRowsMoveNoEarlierOne() {
    List<Prompt> more = new ArrayList<>(prompts);
    more.add(0, Prompt.raw("new", "another"));
    PromptSplitter splitter = new PromptSplitter(1);
    List<Prompt> before = splitter.split(prompts, Function.identity(), FRACTIONS).test();
    List<Prompt> after = splitter.split(more, Function.identity(), FRACTIONS).test();
    assertThat(after).containsAll(before).hasSizeLessThanOrEqualTo(before.size() + 1);
    assertThat(new PromptSplitter(2).split(prompts, Function.identity(), FRACTIONS).test())
        .isNotEqualTo(before);
  }

  @Test
  void everyRowIsHeldOutOnce() {
    List<PromptSplitter.Fold<Prompt>> folds =
        new PromptSplitter(1).folds(prompts, Function.identity(), 5);
    assertThat(folds.stream().flatMap(f -> f.heldOut().stream()))
        .containsExactlyInAnyOrderElementsOf(prompts);
    assertThat(folds)
        .allSatisfy(
            fold -> {
              assertThat(fold.heldOut().size()).isBetween(480, 720);
              assertThat(fold.train().size() + fold.heldOut().size()).isEqualTo(3000);
              assertThat(fold.heldOut().stream().map(Prompt::text))
                  .doesNotContainAnyElementsOf(fold.train().stream().map(Prompt::text).toList());
            });
  }

  @Test
  void impossibleSharesAreRefused() {
    assertThatThrownBy(() -> new SplitFractions(0.5, 0.5))
        .hasMessage(
            "split.validation=0.5 and split.test=0.5 leave nothing to train on; their sum must be below 1");
    assertThatThrownBy(() -> new SplitFractions(-0.1, 0.5))
        .hasMessage("split.validation=-0.1 must be at least 0 and below 1");
    assertThatThrownBy(() -> new PromptSplitter(1).folds(prompts, Function.identity(), 1))
        .hasMessage("folds=1 must be at least 2");
  }
}
