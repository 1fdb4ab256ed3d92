package org.plumbline.pipeline.cli;

import ai.djl.util.Ec2Utils;
import java.io.IOException;
import java.net.URL;

/** What the network test must notice: a page fetched, and DJL reporting home as it does unasked. */
final class OutsideCaller {
  private OutsideCaller() {}

  public static void main(String[] args) {
    System.setProperty("OPT_OUT_TRACKING", "false");
    Ec2Utils.callHome("PyTorch");
    try {
      new URL("http://outside.invalid/").openStream().close();
    } catch (IOException e) {
      System.out.println("as expected: " + e);
    }
  }
}
