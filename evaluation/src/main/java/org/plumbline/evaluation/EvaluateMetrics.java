package org.plumbline.evaluation;

import java.util.Map;
import org.plumbline.evaluation.statistics.GroupRates;
import org.plumbline.evaluation.statistics.WinRate;
import org.plumbline.stage.statistics.Interval;

/**
 * The figures of one model, by name.
 *
 * @param numbers means and shares over held-out prompts
 * @param change of each number against the baseline, paired by prompt; empty for the baseline
 * @param winRates against the baseline by truth, judge or a reward model; empty for the baseline
 * @param groups rates and gaps by group, where the world has groups
 * @param gapChange of each gap against the baseline, on the same prompts
 */
public record EvaluateMetrics(
    ModelEntry model,
    Map<String, Interval> numbers,
    Map<String, Interval> change,
    Map<String, WinRate> winRates,
    Map<String, GroupRates> groups,
    Map<String, Interval> gapChange) {}
