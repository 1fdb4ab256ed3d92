package org.plumbline.pipeline.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.plumbline.pipeline.PeakMemory;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;

/** What a trial cost this machine: seconds, and the most memory that the process held meanwhile. */
final class TrialCosts {
  static final String FILE = "costs.json";

  private final long started = System.nanoTime();

  private TrialCosts() {}

  /** Begins to count. */
  static TrialCosts begin() {
    System.gc();
    PeakMemory.forget();
    return new TrialCosts();
  }

  /** Writes what was counted. */
  void write(Path trial) throws IOException {
    ObjectNode costs = JsonNodeFactory.instance.objectNode();
    costs.put("seconds", (System.nanoTime() - started) / 1e9);
    costs.put("peak_memory_mib", PeakMemory.mebibytes());
    Files.createDirectories(trial);
    AtomicFiles.DISK.writeString(trial.resolve(FILE), Json.pretty(costs));
  }
}
