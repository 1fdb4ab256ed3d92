package org.plumbline.pipeline.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.stage.config.YamlNode;

/**
 * One of the things that a study compares.
 *
 * @param settings by {@code STAGE.key}
 * @param points of its grid; one without values where it has none
 */
record Arm(String name, Map<String, YamlNode> settings, List<Point> points) {
  /**
   * A point of a grid.
   *
   * @param label such as {@code learning_rate=1e-3}, also the name of a folder; {@code -} without
   *     values
   */
  record Point(String label, Map<String, YamlNode> values) {
    static final Point ONLY = new Point("-", Map.of());
  }

  /** Everything that is put in place of the trials' own values. */
  Map<String, YamlNode> at(Point point) {
    Map<String, YamlNode> all = new LinkedHashMap<>(settings);
    all.putAll(point.values());
    return all;
  }
}
