package org.plumbline.model.generation;

/** Ends a reply by its content so far, beside the stop ids; one rule serves one call. */
@FunctionalInterface
public interface StopRule {
  /** Never ends a reply. */
  StopRule NONE = (row, ids, length) -> false;

  /**
   * True if row's reply ends here. Rows are asked from several threads; beam search asks about each
   * candidate, so that the replies of one row need not continue one another.
   *
   * @param ids tokens so far in [0, length)
   */
  boolean ended(int row, int[] ids, int length);
}
