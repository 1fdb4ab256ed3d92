package org.plumbline.model.architecture;

import ai.djl.ndarray.NDArray;

/**
 * Result of the fused loss.
 *
 * @param loss Σ weight · the token's loss, nats; −log p(target) unless another form was asked for
 * @param tokenLosses −log p(target), unweighted (N)
 * @param hits 1 where the target is the most probable token (N)
 * @param rowGrad d loss / d rows, compute dtype (N, H), owned by the scope
 * @param headGrad d loss / d head, float32 (V, H), empty if the head is frozen
 * @param biasGrad d loss / d the head's bias, float32 (V), empty if it has none
 */
public record NllResult(
    double loss,
    float[] tokenLosses,
    float[] hits,
    NDArray rowGrad,
    NDArray headGrad,
    NDArray biasGrad) {}
