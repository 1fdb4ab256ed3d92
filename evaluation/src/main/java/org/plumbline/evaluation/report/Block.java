package org.plumbline.evaluation.report;

import java.util.List;
import org.plumbline.evaluation.chart.Chart;

/** A piece of a section. All texts are plain: whoever renders a block escapes them. */
sealed interface Block {
  /** A paragraph. */
  record Text(String text) implements Block {}

  /** Headline figures side by side. */
  record Cards(List<Card> cards) implements Block {}

  /**
   * One headline figure.
   *
   * @param before value before alignment; empty if there is none
   * @param tone good, bad or neutral
   */
  record Card(
      String title, String before, String value, String interval, String detail, String tone) {}

  /** Charts side by side. */
  record Charts(List<Chart> charts) implements Block {}

  /** A table of short cells. */
  record Table(String caption, List<String> head, List<List<String>> rows) implements Block {}

  /** A table of texts that models wrote or were given. */
  record Samples(String caption, List<String> head, List<List<Cell>> rows) implements Block {}

  /**
   * One text.
   *
   * @param marks its figures, in one line; may be empty
   */
  record Cell(String text, String marks) {}

  /** Something to look at: what, why, what to do. */
  record Warning(String what, String cause, String next) implements Block {}

  /** Long text that opens on demand. */
  record Details(String title, String text) implements Block {}
}
