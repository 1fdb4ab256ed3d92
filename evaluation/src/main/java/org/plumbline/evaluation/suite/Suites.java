package org.plumbline.evaluation.suite;

import java.util.List;

/** All suites there are. */
public final class Suites {
  private Suites() {}

  /** In the order of the help. */
  public static List<Suite> all() {
    return List.of(
        new PerplexitySuite(), new PreferenceSuite(), new SampleWorldSuite(), new ToolCallSuite());
  }
}
