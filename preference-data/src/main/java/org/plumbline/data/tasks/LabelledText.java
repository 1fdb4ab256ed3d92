package org.plumbline.data.tasks;

import java.util.Optional;

/**
 * A text, or two, with its class.
 *
 * @param pair the second text, such as a hypothesis beside its premise
 */
public record LabelledText(String id, String text, Optional<String> pair, String label) {}
