package org.plumbline.pipeline.cli;

import picocli.CommandLine.IVersionProvider;

/** Version as the jar's manifest says it. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = VersionProvider.class.getPackage().getImplementationVersion();
    return new String[] {"plumbline " + (version == null ? "development" : version)};
  }
}
