package org.plumbline.pipeline;

import java.util.List;

/**
 * How a run treats what stands in its folder.
 *
 * @param only names of stages to run, with the unfinished ones that they need; empty for all
 * @param fresh start unfinished stages over
 * @param force go on with unfinished stages whose config or input changed, and mark the run
 */
public record RunOptions(List<String> only, boolean fresh, boolean force) {
  /** All stages, resuming. */
  public static final RunOptions RESUME = new RunOptions(List.of(), false, false);

  public RunOptions {
    only = List.copyOf(only);
  }
}
