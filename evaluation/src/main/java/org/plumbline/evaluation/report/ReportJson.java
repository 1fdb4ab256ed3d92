package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.plumbline.evaluation.chart.Chart;

/** The sections as JSON: every number the page shows, in the same order. */
final class ReportJson {
  private ReportJson() {}

  /** The sections alone. */
  static ObjectNode of(String name, List<Section> sections) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("run", name);
    ArrayNode array = root.putArray("sections");
    for (Section section : sections) {
      ObjectNode node = array.addObject().put("id", section.id()).put("title", section.title());
      ArrayNode blocks = node.putArray("blocks");
      section.blocks().forEach(block -> put(blocks, block));
    }
    return root;
  }

  static ObjectNode of(RunData run, List<Section> sections, List<EvaluationData> evaluations) {
    ObjectNode root = of(run.name(), sections);
    ObjectNode measured = root.putObject("evaluations");
    evaluations.forEach(e -> measured.set(e.stage().name(), e.root()));
    ObjectNode summaries = root.putObject("stages");
    run.stages().forEach(stage -> summaries.set(stage.name(), stage.manifest().path("summary")));
    return root;
  }

  private static void put(ArrayNode blocks, Block block) {
    if (block instanceof Block.Text text) {
      blocks.addObject().put("text", text.text());
    } else if (block instanceof Block.Cards cards) {
      ArrayNode array = blocks.addObject().putArray("cards");
      cards.cards().forEach(card -> put(array, card));
    } else if (block instanceof Block.Charts charts) {
      ArrayNode array = blocks.addObject().putArray("charts");
      charts.charts().stream().map(Chart::json).forEach(array::add);
    } else if (block instanceof Block.Table table) {
      put(blocks, table);
    } else if (block instanceof Block.Samples samples) {
      put(blocks, samples);
    } else if (block instanceof Block.Warning warning) {
      blocks
          .addObject()
          .put("warning", warning.what())
          .put("cause", warning.cause())
          .put("next", warning.next());
    } else if (block instanceof Block.Details details) {
      blocks.addObject().put("details", details.title()).put("text", details.text());
    }
  }

  private static void put(ArrayNode array, Block.Card card) {
    array
        .addObject()
        .put("title", card.title())
        .put("before", card.before())
        .put("value", card.value())
        .put("interval", card.interval())
        .put("change", card.detail());
  }

  private static void put(ArrayNode blocks, Block.Table table) {
    ObjectNode node = blocks.addObject().put("table", table.caption());
    ArrayNode head = node.putArray("head");
    table.head().forEach(head::add);
    ArrayNode rows = node.putArray("rows");
    for (List<String> row : table.rows()) {
      ArrayNode cells = rows.addArray();
      row.forEach(cells::add);
    }
  }

  private static void put(ArrayNode blocks, Block.Samples samples) {
    ObjectNode node = blocks.addObject().put("samples", samples.caption());
    ArrayNode head = node.putArray("head");
    samples.head().forEach(head::add);
    ArrayNode rows = node.putArray("rows");
    for (List<Block.Cell> row : samples.rows()) {
      ArrayNode cells = rows.addArray();
      row.forEach(cell -> cells.addObject().put("text", cell.text()).put("figures", cell.marks()));
    }
  }
}
