package org.plumbline.model;

/**
 * Keeps DJL from the network. Its engines and tokenizers report usage to an outside address when
 * they start, and may fetch natives, unless these properties say no before the first DJL class
 * loads; whoever touches DJL calls {@link #set()} in a static initialiser.
 */
public final class OfflineDjl {
  private OfflineDjl() {}

  /** Sets the properties; calling it again changes nothing. */
  public static void set() {
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_OFFLINE", "true");
    System.setProperty("ai.djl.offline", "true");
    if (System.getProperty("RUST_FLAVOR") == null && System.getenv("RUST_FLAVOR") == null) {
      System.setProperty("RUST_FLAVOR", "cpu"); // else a machine with CUDA looks for other natives
    }
  }
}
