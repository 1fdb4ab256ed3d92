package org.plumbline.pipeline.study;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.stage.config.Check;

/**
 * Key {@code study:} of a study file, its stages and arms left out.
 *
 * @param seeds one trial of each arm per seed, the same for all arms, which pairs them
 * @param search how an arm's grid is searched; needed where an arm has one
 * @param baseline arm that all others are compared with; the first if absent
 * @param measured stage of the trials whose size, time and memory are shown; their first if absent
 * @param figures columns of the table: title, and {@code STAGE.key} of a summary
 * @param equalLoss loss on the new domain, nats per token, at which others are read; the lowest
 *     that all reach if absent
 */
public record StudySettings(
    List<Long> seeds,
    Optional<SearchSettings> search,
    Optional<String> baseline,
    Optional<String> measured,
    Map<String, String> figures,
    Optional<Double> equalLoss) {
  public StudySettings {
    seeds = List.copyOf(seeds);
    Check.notEmpty("study.seeds", seeds);
    List<Long> all = seeds;
    Check.that(
        all.stream().distinct().count() == all.size(),
        () -> "study.seeds=%s holds a seed twice".formatted(all));
  }
}
