package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.plumbline.data.Answer;
import org.plumbline.data.Judgement;

/**
 * What a person entered in a labelling tool about the answers shown: a ranking, a choice or a
 * rating.
 */
record ToolJudgement(List<Answer> answers, Judgement judgement) {
  /** Reads the value under a key; empty for one that says nothing about the answers. */
  static Optional<ToolJudgement> of(Row given, String key, ComparedFields compared) {
    JsonNode value = given.json().path(key);
    List<Answer> answers = compared.answers();
    if (value.isNumber() && answers.size() == 1) {
      Answer rated = answers.get(0).scored(given.number(key));
      return Optional.of(new ToolJudgement(List.of(rated), Judgement.of(Judgement.Kind.RATED)));
    }
    Optional<Judgement> judgement =
        value.isArray() && value.size() != 1
            ? ranking(value, compared)
            : choice(value.isArray() ? value.path(0) : value, compared);
    return judgement.map(found -> new ToolJudgement(answers, found));
  }

  private static Optional<Judgement> choice(JsonNode value, ComparedFields compared) {
    int answers = compared.answerKeys().size();
    if (answers < 2 || value.isContainerNode()) {
      return Optional.empty();
    }
    Optional<Integer> best = compared.indexOf(value);
    if (best.isPresent()) {
      List<Integer> ranks = new ArrayList<>(Collections.nCopies(answers, 2));
      ranks.set(best.get(), 1);
      return Optional.of(Judgement.ranked(ranks));
    }
    Optional<Judgement> word = Winner.of(value.asText());
    return answers == 2 || word.filter(found -> found.ranks().isEmpty()).isPresent()
        ? word
        : word.filter(Judgement::isTie).map(tie -> Judgement.tie(answers));
  }

  /**
   * Names in their order, or objects with {@code value} and {@code rank}; every answer must be
   * among them.
   */
  private static Optional<Judgement> ranking(JsonNode value, ComparedFields compared) {
    int[] ranks = new int[compared.answerKeys().size()];
    int place = 0;
    for (JsonNode entry : value) {
      place++;
      Optional<Integer> answer = compared.indexOf(entry.isObject() ? entry.path("value") : entry);
      int rank = entry.isObject() ? entry.path("rank").asInt(0) : place;
      if (answer.isEmpty() || rank < 1) {
        return Optional.empty();
      }
      ranks[answer.get()] = rank;
    }
    if (ranks.length < 2 || Arrays.stream(ranks).anyMatch(rank -> rank == 0)) {
      return Optional.empty();
    }
    return Optional.of(Judgement.ranked(dense(ranks)));
  }

  /** Ranks from 1: how many are better, and one. */
  private static List<Integer> dense(int[] ranks) {
    return Arrays.stream(ranks)
        .mapToObj(own -> 1 + (int) Arrays.stream(ranks).filter(other -> other < own).count())
        .toList();
  }
}
