package org.plumbline.data.export;

import java.io.IOException;
import org.plumbline.data.Preference;
import org.plumbline.data.format.Sink;

/** Gives preferences one by one. */
@FunctionalInterface
public interface PreferenceSource {
  /** Sends each to the sink, in order. */
  void sendTo(Sink<Preference> sink) throws IOException;
}
