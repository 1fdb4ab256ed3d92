package org.plumbline.pipeline.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.LoraStart;
import org.plumbline.model.adapter.TrainedBias;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.architecture.TransformerModel;

/**
 * Sampling under one adapter in all rows, merged into the weights and beside them, and under
 * another adapter in each row. Batches go round all adapters.
 */
final class AdapterBenchmark {
  private AdapterBenchmark() {}

  static Benchmark of(TransformerModel model, int batch, int count, int rank) {
    List<Adapter> adapters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      adapters.add(model.addAdapter("user-" + i, method(rank), 0, i));
    }
    SamplingBenchmark sampling = new SamplingBenchmark(model, batch);
    List<Adapter> one = adapters.subList(0, 1);
    RowAdapters merged = RowAdapters.all(one);
    RowAdapters beside = new RowAdapters.Each(Collections.nCopies(batch, one));
    Map<String, Runnable> sides = new LinkedHashMap<>();
    sides.put("merged", () -> sampling.run(merged));
    sides.put("beside", () -> sampling.run(beside));
    sides.put("mixed", () -> sampling.run(next(adapters, batch)));
    Map<String, Object> seen = new LinkedHashMap<>(Map.of("adapters", count, "rank", rank));
    return new Benchmark(sampling.tokens(), sides, seen);
  }

  /** On all linear layers; both matrices are random, so that each user's replies are others. */
  private static Lora method(int rank) {
    return new Lora(
        rank,
        1,
        0,
        List.of(Lora.ALL_LINEAR),
        false,
        false,
        LoraStart.BOTH_NORMAL,
        TrainedBias.NONE,
        List.of(),
        Map.of(),
        Map.of());
  }

  /** The adapters of a batch; they go to the end of the list. */
  private static RowAdapters next(List<Adapter> adapters, int batch) {
    List<List<Adapter>> rows = new ArrayList<>();
    for (int row = 0; row < batch; row++) {
      rows.add(List.of(adapters.get(row % adapters.size())));
    }
    Collections.rotate(adapters, -batch);
    return new RowAdapters.Each(rows);
  }
}
