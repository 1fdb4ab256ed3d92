package org.plumbline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now = 1_000_000_000_000L;

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private Progress plain(long total) {
    return ConsoleProgress.start("sft", total, out, false, () -> now);
  }

  private void pass(double seconds) {
    now += (long) (seconds * 1e9);
  }

  @Test
  void plainLinesSayWhatIsDoneAndWhatIsLeft() {
    try (Progress progress = plain(400)) {
      pass(12);
      progress.to(120, "loss 2.31");
      pass(0.5);
      progress.to(130, "");
      pass(4.6);
      progress.to(140, "");
      pass(2);
      progress.to(179, "");
      progress.to(180, "");
      pass(100);
      progress.to(400, "loss 1.9");
    }
    assertThat(lines())
        .containsExactly(
            "sft: 120/400 (30 %), 12 s elapsed, 28 s left, loss 2.31",
            "sft: 140/400 (35 %), 17 s elapsed, 32 s left",
            "sft: 180/400 (45 %), 19 s elapsed, 23 s left",
            "sft: 400/400 (100 %), 1 min 59 s elapsed, loss 1.9");
  }

  @Test
  void fastWorkIsOneLineAndLongWorkAFew() {
    try (Progress progress = plain(1000)) {
      for (int i = 1; i <= 1000; i++) {
        pass(0.0005);
        progress.to(i, "");
      }
    }
    assertThat(lines()).containsExactly("sft: 1000/1000 (100 %), 1 s elapsed");
    bytes.reset();
    try (Progress progress = plain(36_000)) {
      for (int i = 1; i <= 36_000; i++) {
        pass(0.1);
        progress.to(i, "");
      }
    }
    assertThat(lines()).hasSizeBetween(20, 150);
    assertThat(lines().get(lines().size() - 1))
        .isEqualTo("sft: 36000/36000 (100 %), 1 h 00 min elapsed");
  }

  @Test
  void anUnknownTotalHasNoEstimateAndNothingDoneNoLine() {
    plain(10).close();
    assertThat(lines()).isEmpty();
    try (Progress progress = plain(0)) {
      pass(6);
      progress.to(17, "rows");
    }
    assertThat(lines()).containsExactly("sft: 17, 6 s elapsed, rows");
  }

  @Test
  void durationsAreReadable() {
    assertThat(LineProgress.duration(59.4)).isEqualTo("59 s");
    assertThat(LineProgress.duration(185)).isEqualTo("3 min 05 s");
    assertThat(LineProgress.duration(7805)).isEqualTo("2 h 10 min");
  }

  @Test
  void aTerminalGetsABarThatRedrawsItself() {
    try (Progress progress = ConsoleProgress.start("ppo", 10, out, true, () -> now)) {
      progress.to(5, "reward 0.5");
      progress.to(10, "reward 0.9");
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertThat(text).contains("\r").contains("ppo").contains("10/10").contains("reward 0.9");
  }

  @Test
  void withoutATerminalLinesAreChosen() {
    Assumptions.assumeFalse(ConsoleProgress.isTerminal(), "this test has a terminal");
    try (Progress progress = ConsoleProgress.start("sft", 2, out)) {
      progress.to(2, "");
    }
    assertThat(lines()).containsExactly("sft: 2/2 (100 %), 0 s elapsed");
  }
}
