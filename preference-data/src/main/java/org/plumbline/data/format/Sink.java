package org.plumbline.data.format;

import java.io.IOException;

/** Takes what was read, one by one. */
@FunctionalInterface
public interface Sink<T> {
  /** Called in file order. */
  void take(T value) throws IOException;
}
