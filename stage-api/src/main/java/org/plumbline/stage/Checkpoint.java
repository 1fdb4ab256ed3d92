package org.plumbline.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;

/**
 * A verified checkpoint.
 *
 * @param step the step after which it was written
 * @param directory holds the files its writer made
 * @param state what was given as state when it was saved
 */
public record Checkpoint(long step, Path directory, JsonNode state) {}
