package org.plumbline.stage.config;

/**
 * One thing that is wrong with a recipe.
 *
 * @param key dotted key, stage name first, such as {@code human-ppo.kl.beta}; empty for a whole
 *     file
 * @param place file and line, or the command-line option
 * @param message what was found and what is needed
 */
public record ConfigProblem(String key, Place place, String message) {
  @Override
  public String toString() {
    return key.isEmpty()
        ? "%s: %s".formatted(place, message)
        : "%s: %s: %s".formatted(place, key, message);
  }
}
