package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.plumbline.model.chat.EncodedDialogue;

/** Shares of tokens, whole passes, and draws that the seed decides. */
class MixtureTest {
  /** Rows of a length, the first id of each its number, so that they can be told apart. */
  private static List<EncodedDialogue> rows(int from, int count, int length) {
    return IntStream.range(from, from + count)
        .mapToObj(
            i -> {
              int[] ids = new int[length];
              Arrays.fill(ids, i);
              return new EncodedDialogue(ids, new boolean[length]);
            })
        .toList();
  }

  private static List<Integer> numbers(List<EncodedDialogue> rows) {
    return rows.stream().map(row -> row.ids()[0]).toList();
  }

  @Test
  void sharesAreOfTokensAndEverySourceIsSeenWhole() {
    List<EncodedDialogue> large = rows(0, 100, 10);
    List<EncodedDialogue> small = rows(1000, 15, 20);
    List<EncodedDialogue> mixed =
        Mixture.of(List.of(new Mixture.Part(large, 1), new Mixture.Part(small, 1)), 7);
    List<EncodedDialogue> second = mixed.stream().filter(row -> row.ids()[0] >= 1000).toList();
    assertThat(numbers(mixed)).containsAll(numbers(large)).containsAll(numbers(small));
    assertThat(mixed).hasSize(100 + 50);
    assertThat((double) Mixture.tokens(second) / Mixture.tokens(mixed))
        .isCloseTo(0.5, within(1e-9));
    // Three whole passes, and five of the fifteen once more.
    List<Integer> seen = numbers(second);
    assertThat(IntStream.range(1000, 1015).filter(i -> times(seen, i) == 4).count()).isEqualTo(5);
    assertThat(IntStream.range(1000, 1015).filter(i -> times(seen, i) == 3).count()).isEqualTo(10);
  }

  private static long times(List<Integer> all, int one) {
    return all.stream().filter(i -> i == one).count();
  }

  @Test
  void withoutWeightsEveryRowIsSeenOnceInOrder() {
    List<EncodedDialogue> first = rows(0, 7, 3);
    List<EncodedDialogue> second = rows(50, 4, 11);
    List<Mixture.Part> parts = new ArrayList<>();
    for (List<EncodedDialogue> rows : List.of(first, second)) {
      parts.add(new Mixture.Part(rows, Mixture.tokens(rows)));
    }
    List<Integer> wanted = new ArrayList<>(numbers(first));
    wanted.addAll(numbers(second));
    assertThat(numbers(Mixture.of(parts, 7))).isEqualTo(wanted);
  }

  @Test
  void theSeedDecidesWhatIsDrawn() {
    List<EncodedDialogue> rows = rows(0, 40, 5);
    List<Integer> drawn = numbers(Mixture.draw(rows, 60, 1));
    assertThat(drawn).hasSize(12).doesNotHaveDuplicates();
    assertThat(numbers(Mixture.draw(rows, 60, 1))).isEqualTo(drawn);
    assertThat(numbers(Mixture.draw(rows, 60, 2))).isNotEqualTo(drawn);
    assertThat(numbers(Mixture.draw(rows, 62, 1))).isEqualTo(drawn);
    assertThat(numbers(Mixture.draw(rows, 64, 1))).hasSize(13);
    assertThat(Mixture.draw(rows, 0, 1)).isEmpty();
  }
}
