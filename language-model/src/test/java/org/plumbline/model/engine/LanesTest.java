package org.plumbline.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final List<Integer> PARTS = IntStream.range(0, 20).boxed().toList();

  @Test
  void resultsComeInTheOrderOfTheParts() {
    List<Integer> squares = PARTS.stream().map(i -> i * i).toList();
    assertThat(Lanes.of(2).map(PARTS, i -> i * i)).isEqualTo(squares);
    assertThat(Lanes.ONE.map(PARTS, i -> i * i)).isEqualTo(squares);
  }

  @Test
  void partsRunSideBySide() {
    CyclicBarrier both = new CyclicBarrier(2);
    assertThat(
            Lanes.of(2)
                .map(
                    List.of(1, 2),
                    part -> {
                      try {
                        both.await(1, TimeUnit.MINUTES);
                        return part;
                      } catch (Exception e) {
                        throw new IllegalStateException("the other part did not run", e);
                      }
                    }))
        .containsExactly(1, 2);
  }

  @Test
  void anErrorIsThrownAsItWasAfterAllPartsEnded() {
    AtomicInteger ended = new AtomicInteger();
    assertThatThrownBy(
            () ->
                Lanes.of(2)
                    .map(
                        PARTS,
                        part -> {
                          ended.incrementAndGet();
                          if (part == 3) {
                            throw new ArithmeticException("part 3");
                          }
                          return part;
                        }))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("part 3");
    assertThat(ended).hasValue(PARTS.size());
  }
}
