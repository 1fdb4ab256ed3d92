package org.plumbline.stage.config;

import java.util.List;
import java.util.stream.Collectors;
import org.plumbline.stage.UserException;

/** Everything that is wrong with a recipe, in one readable block. */
public final class ConfigException extends UserException {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigProblem> problems;

  public ConfigException(List<ConfigProblem> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** The problems, each with its place. */
  public List<ConfigProblem> problems() {
    return problems;
  }

  private static String message(List<ConfigProblem> problems) {
    if (problems.size() == 1) {
      return problems.get(0).toString();
    }
    return problems.stream()
        .map(problem -> "  " + problem)
        .collect(
            Collectors.joining("\n", problems.size() + " problems in the configuration:\n", ""));
  }
}
