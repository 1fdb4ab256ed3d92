package org.plumbline.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.data.world.SampleWorldStage;

/** Versions of everything that a result may depend on; recorded, never hashed. */
final class Versions {
  private static final String UNPACKAGED = "development";

  private Versions() {}

  /** Plumbline's version as the jar says it. */
  static String plumbline() {
    String version = Versions.class.getPackage().getImplementationVersion();
    return version == null ? UNPACKAGED : version;
  }

  static Map<String, String> all() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("plumbline", plumbline());
    versions.put("java", System.getProperty("java.runtime.version", "unknown"));
    versions.put("djl", "0.35.1");
    versions.put("pytorch", "2.7.1");
    versions.put("sample_world", SampleWorldStage.VERSION);
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return versions;
  }
}
