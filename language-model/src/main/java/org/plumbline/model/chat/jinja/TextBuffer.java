package org.plumbline.model.chat.jinja;

/** Text in the making, within the limits of its rendering. */
final class TextBuffer {
  private static final int CHARGED_TOGETHER = 1024;

  private final Execution execution;
  private final StringBuilder text = new StringBuilder();
  private int uncharged;

  TextBuffer(Execution execution) {
    this.execution = execution;
  }

  TextBuffer append(String piece) {
    grow(piece.length());
    text.append(piece);
    return this;
  }

  TextBuffer append(char piece) {
    grow(1);
    text.append(piece);
    return this;
  }

  TextBuffer appendCodePoint(int point) {
    grow(1);
    text.appendCodePoint(point);
    return this;
  }

  private void grow(int length) {
    execution.requireLength((long) text.length() + length);
    uncharged += length;
    if (uncharged >= CHARGED_TOGETHER) {
      execution.chargeText(uncharged);
      uncharged = 0;
    }
  }

  int codePoints() {
    return text.codePointCount(0, text.length());
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
