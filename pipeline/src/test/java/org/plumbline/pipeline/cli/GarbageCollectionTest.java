package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tensors made of Java arrays stand on Java's memory, and a graph of gradients may outlive it:
 * results must not depend on when the collector runs.
 */
@Tag("invariant")
class GarbageCollectionTest {
  @TempDir private Path folder;

  @Test
  void aBusyCollectorChangesNothing() throws IOException, InterruptedException {
    Path recipe = TinyRecipe.trainers(folder);
    Cli.run("run", recipe, "--output", folder.resolve("calm")).done();
    List<String> busy = List.of("-Xmn512k", "-XX:+UseSerialGC");
    try (ChildRun child =
        ChildRun.start(
            folder, List.of(), busy, "run", recipe, "--output", folder.resolve("busy"))) {
      child.done();
    }
    RunFiles.assertSame(folder.resolve("calm/tiny"), folder.resolve("busy/tiny"));
  }
}
