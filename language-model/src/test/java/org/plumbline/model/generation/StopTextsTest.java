package org.plumbline.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

class StopTextsTest {
  private static final int SPECIAL = 2;

  @TempDir Path folder;
  private TextTokenizer tokenizer;

  @BeforeEach
  void aByteLevelTokenizer() {
    ByteLevelBpeTrainer.train(List.of("the end of the end").iterator(), 262, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    tokenizer = TextTokenizer.open(folder);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  /** Tokens after which the reply ends, 0 for never. */
  private int end(int[] ids, String... stops) {
    StopTexts rule = new StopTexts(tokenizer, List.of(stops));
    return IntStream.rangeClosed(1, ids.length)
        .filter(length -> rule.ended(0, ids, length))
        .findFirst()
        .orElse(0);
  }

  private String upTo(int[] ids, int length) {
    return tokenizer.decode(Arrays.copyOf(ids, length), true);
  }

  @Test
  void endsAtTheTokenThatCompletesAStopText() {
    int[] ids = tokenizer.encode("xyz STOP and on STOP", false);
    int end = end(ids, "STOP");
    assertThat(upTo(ids, end)).isEqualTo("xyz STOP");
    assertThat(upTo(ids, end - 1)).isEqualTo("xyz STO");
    assertThat(end(ids, "STOPS", "on S", "and")).isEqualTo(end(ids, "and"));
    assertThat(end(ids, "never")).isZero();
    assertThat(end(ids)).isZero();
  }

  @Test
  void aStopTextMayEndWithinAToken() {
    int[] ids = tokenizer.encode("to the end", false);
    assertThat(tokenizer.encode(" the end", false)).as("merged tokens").hasSizeLessThan(8);
    int end = end(ids, " t");
    assertThat(upTo(ids, end)).startsWith("to t");
    assertThat(new StopTexts(tokenizer, List.of(" t")).cut(upTo(ids, end))).isEqualTo("to");
  }

  @Test
  void aCharacterOfSeveralTokensCountsWhenItIsWhole() {
    int[] ids = tokenizer.encode("a\ud83d\ude00b\u4f60\u597d", false);
    assertThat(ids).hasSize(1 + 4 + 1 + 3 + 3);
    assertThat(end(ids, "\ud83d\ude00")).isEqualTo(5);
    assertThat(end(ids, "b\u4f60\u597d")).isEqualTo(12);
    assertThat(end(ids, "\u597d")).isEqualTo(12);
  }

  @Test
  void specialTokensWithinAStopTextAreNoText() {
    int[] word = tokenizer.encode("STOP", false);
    int[] ids = new int[word.length * 20];
    Arrays.fill(ids, SPECIAL);
    for (int i = 0; i < word.length; i++) {
      ids[i * 20] = word[i];
    }
    assertThat(end(ids, "STOP")).isEqualTo((word.length - 1) * 20 + 1);
  }

  @Test
  void cutsAtTheFirstOfAllStopTexts() {
    StopTexts rule = new StopTexts(tokenizer, List.of("end", "b", "ab"));
    assertThat(rule.cut("xxab end")).isEqualTo("xx");
    assertThat(rule.cut("an end, b")).isEqualTo("an ");
    assertThat(rule.cut("no")).isEqualTo("no");
    assertThat(new StopTexts(tokenizer, List.of()).cut("b")).isEqualTo("b");
  }

  @Test
  void refusesAnEmptyText() {
    assertThatThrownBy(() -> new StopTexts(tokenizer, List.of("x", "")))
        .hasMessageContaining("a stop text is empty");
  }
}
