package org.plumbline.data.format;

import java.util.Optional;

/**
 * One way to spell rows. An instance reads one file, from its first row to its last.
 *
 * @param <T> what a row becomes
 */
interface Dialect<T> {
  /** Why a row looks like one of this dialect; empty if it does not. */
  Optional<String> recognise(Row row);

  /**
   * Reads a row.
   *
   * @throws org.plumbline.stage.UserException naming file, row and field for a malformed one
   */
  Parsed<T> read(Row row);

  /** What was held back until the end of the file. */
  default Optional<Parsed<T>> rest() {
    return Optional.empty();
  }
}
