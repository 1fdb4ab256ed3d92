package org.plumbline.model.chat.jinja;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Offsets of a text as lines and columns. */
final class LineMap {
  private final int[] starts;

  LineMap(String text) {
    starts =
        IntStream.concat(
                IntStream.of(0),
                IntStream.range(0, text.length())
                    .filter(i -> text.charAt(i) == '\n')
                    .map(i -> i + 1))
            .toArray();
  }

  Position at(int offset) {
    int found = Arrays.binarySearch(starts, offset);
    int line = found >= 0 ? found : -found - 2;
    return new Position(line + 1, offset - starts[line] + 1);
  }
}
