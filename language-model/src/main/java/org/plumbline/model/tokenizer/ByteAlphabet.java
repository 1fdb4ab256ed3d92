package org.plumbline.model.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The printable stand-ins of the 256 bytes in a byte-level BPE (Radford et al. 2019): printable
 * Latin-1 characters stand for themselves, the other bytes for U+0100 and up, in order.
 */
final class ByteAlphabet {
  private static final char[] BY_BYTE = new char[256];

  static {
    int shifted = 0;
    for (int value = 0; value < 256; value++) {
      BY_BYTE[value] = (char) (standsForItself(value) ? value : 256 + shifted++);
    }
  }

  private ByteAlphabet() {}

  private static boolean standsForItself(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xa1 && value <= 0xac)
        || (value >= 0xae && value <= 0xff);
  }

  static char symbol(byte value) {
    return BY_BYTE[Byte.toUnsignedInt(value)];
  }

  /** All bytes in the order of their stand-ins, which is the order of their ids. */
  static List<Byte> bytesInOrder() {
    List<Byte> bytes = new ArrayList<>();
    IntStream.range(0, 256).forEach(value -> bytes.add((byte) value));
    bytes.sort(Comparator.comparing(ByteAlphabet::symbol));
    return bytes;
  }
}
