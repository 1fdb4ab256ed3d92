package org.plumbline.stage.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong over all sections of a recipe, so that the user sees it all at once. */
public final class ConfigProblems {
  private final List<ConfigProblem> problems = new ArrayList<>();

  /** Notes one problem; the same one twice counts once. */
  public void add(String key, Place place, String message) {
    ConfigProblem problem = new ConfigProblem(key, place, message);
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /** Takes over what a failed read found. */
  public void addAll(ConfigException failure) {
    failure.problems().forEach(p -> add(p.key(), p.place(), p.message()));
  }

  public boolean isEmpty() {
    return problems.isEmpty();
  }

  /** All problems so far: command line first, then by line. */
  public List<ConfigProblem> all() {
    return problems.stream()
        .sorted(Comparator.comparingInt((ConfigProblem p) -> p.place().line()))
        .toList();
  }

  /** Ends the reading of a recipe: throws when anything was wrong. */
  public void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new ConfigException(all());
    }
  }
}
