package org.plumbline.stage;

/** Progress of long work, with an estimate of the time left. */
public interface Progress extends AutoCloseable {
  /** Moves to {@code done} of the total; {@code note} is shown behind the bar. */
  void to(long done, String note);

  @Override
  void close();
}
