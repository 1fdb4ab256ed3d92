package org.plumbline.model.lora;

import org.plumbline.model.tensor.Parameter;

/**
 * The two matrices on one linear layer.
 *
 * @param down A, float32 (R, in)
 * @param up B, float32 (out, R)
 * @param scale factor on B A x
 */
public record LoraPair(Parameter down, Parameter up, double scale) {}
