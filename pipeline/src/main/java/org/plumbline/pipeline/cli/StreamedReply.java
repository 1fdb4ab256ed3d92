package org.plumbline.pipeline.cli;

import java.io.PrintStream;
import java.util.List;
import org.plumbline.model.generation.StopTexts;
import org.plumbline.model.tokenizer.StreamingDecoder;

/**
 * Prints a reply as it is drawn: whole characters only, and never a part of a stop text, so what
 * may become one waits.
 */
final class StreamedReply {
  private final StreamingDecoder decoder;
  private final StopTexts cut;
  private final List<String> stops;
  private final PrintStream out;
  private final StringBuilder text = new StringBuilder();
  private int printed;

  /**
   * An empty reply.
   *
   * @param cut of the same stop texts
   */
  StreamedReply(StreamingDecoder decoder, StopTexts cut, List<String> stops, PrintStream out) {
    this.decoder = decoder;
    this.cut = cut;
    this.stops = stops;
    this.out = out;
  }

  /** One more token. */
  void next(int id) {
    text.append(decoder.next(id));
    String known = cut.cut(text.toString());
    print(known.length() < text.length() ? known.length() : text.length() - waiting(known));
  }

  /** Characters at the end with which a stop text begins. */
  private int waiting(String known) {
    int most = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, known.length()); length > most; length--) {
        if (known.endsWith(stop.substring(0, length))) {
          most = length;
        }
      }
    }
    return most;
  }

  /** The reply ends here. */
  void finish() {
    text.append(decoder.finish());
    print(cut.cut(text.toString()).length());
    out.println();
  }

  private void print(int to) {
    if (to > printed) {
      out.print(text.substring(printed, to));
      out.flush();
      printed = to;
    }
  }
}
