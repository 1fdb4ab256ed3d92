package org.plumbline.pipeline.study;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.ModelBundle;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.safetensors.DType;
import org.plumbline.stage.AtomicFiles;
import org.plumbline.stage.Json;
import org.plumbline.stage.Manifest;
import org.plumbline.stage.Manifests;
import org.plumbline.stage.RandomStreams;

/**
 * What it takes to serve an arm's model: bytes beyond the base, time of greedy replies against that
 * of the base alone, time to switch to it, whether it can be merged.
 */
final class ServingProbe {
  static final String FILE = "serving.json";
  private static final int ROWS = 16;
  private static final int PROMPT = 32;
  private static final int REPLY = 32;
  private static final int ROUNDS = 5;

  private final Study study;

  ServingProbe(Study study) {
    this.study = study;
  }

  /** Measures once; a second call finds the figures. */
  void measure(Path folder, Study.Trial trial) throws IOException {
    Path file = folder.resolve(FILE);
    Path artifact = folder.resolve(study.measured(study.recipe(trial)));
    boolean known = Files.exists(file);
    if (known
        || !Files.exists(artifact.resolve("config.json")) && !ModelBundle.isAdapter(artifact)) {
      return;
    }
    boolean packed =
        Manifests.read(artifact)
            .map(Manifest::config)
            .map(config -> config.path("method").asText().equals("qlora"))
            .orElse(false);
    LoadOptions options =
        new LoadOptions(DType.F32, false, study.shared().run().device()).withFourBit(packed);
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    figures.put("bytes", weights(artifact));
    if (ModelBundle.isAdapter(artifact)) {
      try (ModelBundle bundle = ModelBundle.open(artifact, options)) {
        adapter(bundle, artifact, figures);
      }
    } else {
      full(artifact, options, figures);
    }
    AtomicFiles.DISK.writeString(file, Json.pretty(figures));
  }

  /**
   * A whole model takes the base's place: it computes what the base does, and is switched whole.
   */
  private static void full(Path artifact, LoadOptions options, ObjectNode figures) {
    long started = System.nanoTime();
    try (ModelBundle bundle = ModelBundle.open(artifact, options)) {
      figures.put("switch_milliseconds", (System.nanoTime() - started) / 1e6);
    }
    figures.put("time_over_base", 1.0);
    figures.put("mergeable", true);
  }

  private static void adapter(ModelBundle bundle, Path artifact, ObjectNode figures) {
    boolean mergeable = true;
    try {
      bundle.model().requireMergeable(bundle.active());
    } catch (IllegalArgumentException e) {
      mergeable = false;
    }
    figures.put("mergeable", mergeable);
    try (Generator generator = new Generator(bundle.model(), ROWS)) {
      seconds(generator, bundle, List.of());
      seconds(generator, bundle, bundle.active());
      double base = Double.POSITIVE_INFINITY;
      double tuned = Double.POSITIVE_INFINITY;
      for (int round = 0; round < ROUNDS; round++) {
        base = Math.min(base, seconds(generator, bundle, List.of()));
        tuned = Math.min(tuned, seconds(generator, bundle, bundle.active()));
      }
      figures.put("time_over_base", tuned / base);
      figures.put("tokens_per_second", ROWS * REPLY / tuned);
    }
    double least = Double.POSITIVE_INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
      long started = System.nanoTime();
      Adapter other = bundle.model().loadAdapter("switch-" + round, artifact);
      bundle.model().session(List.of(other)).close();
      least = Math.min(least, (System.nanoTime() - started) / 1e6);
    }
    figures.put("switch_milliseconds", least);
  }

  private static double seconds(Generator generator, ModelBundle bundle, List<Adapter> active) {
    SplittableRandom random = new SplittableRandom(1);
    int vocabulary = bundle.model().config().vocabSize();
    List<int[]> prompts =
        Stream.generate(() -> random.ints(PROMPT, 0, vocabulary).toArray()).limit(ROWS).toList();
    long started = System.nanoTime();
    generator.generate(
        prompts,
        active,
        SamplingConfig.pure(REPLY, 0, Set.of()),
        row -> RandomStreams.of(1, "probe", row));
    return (System.nanoTime() - started) / 1e9;
  }

  /** Bytes of the weights in a folder. */
  private static long weights(Path artifact) throws IOException {
    try (Stream<Path> files = Files.list(artifact)) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .mapToLong(ServingProbe::size)
          .sum();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }
}
