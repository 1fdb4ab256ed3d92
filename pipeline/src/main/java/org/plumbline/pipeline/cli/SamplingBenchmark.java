package org.plumbline.pipeline.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.generation.StopRule;
import org.plumbline.stage.RandomStreams;

/** Sampling of 128 tokens after 64, with no end token. */
final class SamplingBenchmark {
  private static final int PROMPT = 64;
  private static final int REPLY = 128;

  private final Generator generator;
  private final List<int[]> prompts;
  private final SamplingConfig sampling = SamplingConfig.pure(REPLY, 1, Set.of());

  SamplingBenchmark(TransformerModel model, int batch) {
    this.generator = new Generator(model, batch);
    this.prompts = Benchmark.randomRows(model, batch, PROMPT);
  }

  static Benchmark of(TransformerModel model, int batch) {
    SamplingBenchmark bench = new SamplingBenchmark(model, batch);
    Runnable run = () -> bench.run(RowAdapters.all(List.of()));
    return new Benchmark(bench.tokens(), Map.of("generate", run), new LinkedHashMap<>());
  }

  double tokens() {
    return (double) prompts.size() * REPLY;
  }

  void run(RowAdapters adapters) {
    generator.generate(
        prompts, adapters, sampling, row -> RandomStreams.of(0, "bench", row), StopRule.NONE);
  }
}
