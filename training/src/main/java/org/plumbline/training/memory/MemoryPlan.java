package org.plumbline.training.memory;

/**
 * Bytes that a stage holds, part by part, each at its own height.
 *
 * @param weights masters, copies in the compute dtype, and a copy of the best evaluation's
 * @param gradients of what is trained
 * @param optimizer its state
 * @param activations that the gradients wait for
 * @param cache keys and values while sampling
 * @param logits and what becomes of them
 * @param fixed Java heap, program, libtorch, and the buffers that files are read through
 * @param sum of what is held at the moment that needs most; less than the parts together, as
 *     gradients take the room that activations leave
 */
public record MemoryPlan(
    long weights,
    long gradients,
    long optimizer,
    long activations,
    long cache,
    long logits,
    long fixed,
    long sum) {}
