package org.plumbline.evaluation.suite;

import java.io.IOException;
import java.nio.file.Path;

/** One kind of measurement. */
public interface Suite {
  /** Name on the command line. */
  String name();

  /** One line for {@code --help}: what is measured, of which data. */
  String description();

  /**
   * Refuses a model of the wrong kind; by default any will do.
   *
   * @throws org.plumbline.stage.UserException saying which kind is needed
   */
  default void requireFits(SuiteModel model) {}

  /**
   * Reads the data ahead of the model, so that a malformed row costs no loading.
   *
   * @throws org.plumbline.stage.UserException naming file, row and need
   */
  Measuring open(Path data) throws IOException;

  /** Data read, ready for a model. */
  @FunctionalInterface
  interface Measuring {
    /** Measures a model that fits. */
    SuiteResult measure(SuiteModel model, SuiteOptions options);
  }
}
