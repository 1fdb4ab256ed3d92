package org.plumbline.stage.config;

/**
 * Where a value stands.
 *
 * @param source file name, or the text of the command-line option
 * @param line 1-based line in the file; 0 for the command line and for defaults
 */
public record Place(String source, int line) {
  /** A value that was given on the command line, or otherwise overrides the file. */
  public static Place commandLine(String option) {
    return new Place(option, 0);
  }

  /** True for values that override the file. */
  public boolean isCommandLine() {
    return line == 0;
  }

  @Override
  public String toString() {
    return line == 0 ? source : source + " line " + line;
  }
}
