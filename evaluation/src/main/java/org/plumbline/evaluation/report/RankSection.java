package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.plumbline.evaluation.chart.Digits;

/** Where AdaLoRA kept its ranks: layers down, modules across. */
final class RankSection {
  private RankSection() {}

  /** The maps of all stages that cut ranks. */
  static Section of(RunData run) {
    List<Block> blocks = new ArrayList<>();
    run.stages().forEach(stage -> blocks.addAll(blocks(stage, stage.name())));
    return new Section("ranks", "Ranks", blocks);
  }

  /** A stage's map, and what chance would give; nothing where it cut none. */
  static List<Block> blocks(StageData stage, String title) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    stage
        .manifest()
        .path("summary")
        .path("ranks")
        .properties()
        .forEach(entry -> ranks.put(entry.getKey(), entry.getValue().asInt()));
    if (ranks.isEmpty()) {
      return List.of();
    }
    JsonNode settings = stage.manifest().path("config").path("adalora");
    RankMap map = new RankMap(ranks, settings.path("initial_rank").asInt());
    TreeSet<String> modules = new TreeSet<>();
    TreeMap<Integer, Map<String, Integer>> byLayer = new TreeMap<>();
    ranks.forEach(
        (name, rank) -> {
          modules.add(RankMap.module(name));
          byLayer
              .computeIfAbsent(RankMap.layer(name), layer -> new LinkedHashMap<>())
              .put(RankMap.module(name), rank);
        });
    List<List<String>> rows = new ArrayList<>();
    byLayer.forEach(
        (layer, own) -> {
          List<String> row = new ArrayList<>(List.of(Integer.toString(layer)));
          modules.forEach(
              module -> row.add(own.containsKey(module) ? String.valueOf(own.get(module)) : ""));
          rows.add(row);
        });
    List<String> head = new ArrayList<>(List.of("layer"));
    head.addAll(modules);
    return List.of(
        new Block.Table(
            "%s: ranks kept of %d".formatted(title, settings.path("initial_rank").asInt()),
            head,
            rows),
        new Block.Text(
            "Variance of the ranks over modules: %s. The same number of ranks kept at random gives %s on average; %s of %d such draws are as uneven."
                .formatted(
                    Digits.of(map.variance()),
                    Digits.of(map.shuffled().mean()),
                    map.shuffled().asUneven(),
                    RankMap.DRAWS)));
  }
}
