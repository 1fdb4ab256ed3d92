package org.plumbline.training;

import java.util.List;

/**
 * Key {@code ia3:} of a stage; see {@link org.plumbline.model.adapter.Ia3}.
 *
 * @param targets modules whose outputs or inputs are scaled; empty: keys, values and the MLP's last
 * @param feedForward those of them whose inputs are; empty: the MLP's last
 */
public record Ia3Settings(List<String> targets, List<String> feedForward) {}
