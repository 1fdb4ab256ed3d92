package org.plumbline.model.adapter;

import org.plumbline.model.tensor.Parameter;

/**
 * Factors on a linear layer's inputs or outputs.
 *
 * @param factors float32, (1, in) or (out, 1)
 * @param inputs true for factors on the inputs, false on the outputs, bias included
 */
public record Rescale(Parameter factors, boolean inputs) {}
