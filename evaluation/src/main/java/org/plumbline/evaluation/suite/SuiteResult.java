package org.plumbline.evaluation.suite;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.plumbline.stage.statistics.Interval;

/**
 * What a suite found.
 *
 * @param figures by name, each with its interval over {@code units}
 * @param units what is independent: rows, or prompts
 * @param rows one per row of the data, with what was measured of it
 */
public record SuiteResult(Map<String, Interval> figures, String units, List<ObjectNode> rows) {}
