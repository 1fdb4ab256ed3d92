package org.plumbline.stage;

/**
 * A config value that names an earlier stage's artifact or a path.
 *
 * @param key snake_case key of the value within the stage, such as {@code model}
 * @param value the name of an earlier stage, else a path relative to the working directory
 */
public record StageInput(String key, String value) {}
