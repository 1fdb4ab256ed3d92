package org.plumbline.model.chat.jinja;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/** One rendering: what it has cost so far, its output, and the time it takes for now. */
final class Execution {
  private static final int CHARACTERS_PER_STEP = 16;
  private static final long STEPS_PER_DATUM = 100;

  private final Limits limits;
  private final long allowed;
  private final LocalDateTime now;
  private final TextBuffer output;
  private final List<Span> generated = new ArrayList<>();
  private long steps;
  private int depth;

  /**
   * A rendering before it starts.
   *
   * @param data size of its variables, which allow so much more work
   */
  Execution(Limits limits, long data, LocalDateTime now) {
    this.limits = limits;
    this.allowed = limits.steps() + data * STEPS_PER_DATUM;
    this.now = now;
    this.output = new TextBuffer(this);
  }

  LocalDateTime now() {
    return now;
  }

  /** What the template itself has written; macros and set blocks write elsewhere first. */
  TextBuffer output() {
    return output;
  }

  /** Spans of generation blocks, filled while rendering. */
  List<Span> generated() {
    return generated;
  }

  /** One step of work. */
  void tick() {
    charge(1);
  }

  /** Several steps of work, known before they are done. */
  void charge(long count) {
    steps += count;
    if (steps > allowed || steps < 0) {
      throw PythonError.limit("rendering takes more than %d steps. Does a loop run away?", allowed);
    }
  }

  /** The work of going through a text of this length. */
  void chargeText(long length) {
    charge(length / CHARACTERS_PER_STEP);
  }

  /** Refuses a text before it is made too long. */
  void requireLength(long length) {
    if (length > limits.characters() || length < 0) {
      throw PythonError.limit(
          "a text grows beyond %d characters. Does a loop run away?", limits.characters());
    }
  }

  /** Refuses a text before it is made too long, and charges for making it. */
  void requireText(long length) {
    requireLength(length);
    chargeText(length);
  }

  /** Goes one level down; not undone by an error, which ends the rendering anyway. */
  void enter() {
    tick();
    if (++depth > limits.depth()) {
      throw PythonError.limit(
          "nesting exceeds %d levels. Does a macro call itself without end?", limits.depth());
    }
  }

  /** Comes back from {@link #enter}. */
  void leave() {
    depth--;
  }
}
