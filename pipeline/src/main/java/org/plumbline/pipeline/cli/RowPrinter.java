package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;
import org.plumbline.training.check.ShownRow;
import org.plumbline.training.check.ShownRow.ShownToken;

/**
 * Prints rows as text and as ids, with what carries loss in green on a terminal and in brackets
 * elsewhere. Control characters of the data are spelled out: they do not reach the terminal.
 */
final class RowPrinter {
  private static final String GREEN = "\u001b[32m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private final String open;
  private final String close;

  /**
   * A printer.
   *
   * @param colour whether the stream is a terminal that shows colours
   */
  RowPrinter(PrintStream out, boolean colour) {
    this.out = out;
    this.open = colour ? GREEN : "[";
    this.close = colour ? PLAIN : "]";
  }

  void print(ShownRow row) {
    long loss = row.tokens().stream().filter(ShownToken::loss).count();
    out.printf(
        "  row %s: %d tokens, %d carry loss%n", visible(row.id()), row.tokens().size(), loss);
    out.println("    text  " + marked(row.tokens(), token -> visible(token.text()), ""));
    if (!row.labels().isEmpty()) {
      out.println("    label " + visible(String.join(" ", row.labels())));
    }
    out.println("    ids   " + marked(row.tokens(), token -> Integer.toString(token.id()), " "));
  }

  private String marked(
      List<ShownToken> tokens, Function<ShownToken, String> shown, String separator) {
    StringBuilder line = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < tokens.size(); i++) {
      ShownToken token = tokens.get(i);
      if (inside && !token.loss()) {
        line.append(close);
      }
      line.append(i == 0 ? "" : separator);
      if (!inside && token.loss()) {
        line.append(open);
      }
      line.append(shown.apply(token));
      inside = token.loss();
    }
    return line.append(inside ? close : "").toString();
  }

  /** One line without control characters, those of the layout by name. */
  static String visible(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                default -> {
                  int kind = Character.getType(point);
                  boolean hidden =
                      kind == Character.CONTROL
                          || kind == Character.FORMAT
                          || kind == Character.LINE_SEPARATOR
                          || kind == Character.PARAGRAPH_SEPARATOR;
                  if (hidden) {
                    shown.append("\\u%04x".formatted(point));
                  } else {
                    shown.appendCodePoint(point);
                  }
                }
              }
            });
    return shown.toString();
  }
}
