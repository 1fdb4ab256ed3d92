package org.plumbline.model.generation;

/**
 * One reply.
 *
 * @param ids its tokens, the end token included
 * @param stopped true if it ended by itself, false if it was cut at the length limit
 * @param logProbs of each token, nats: log softmax(logits / temperature) of the model as it is,
 *     before penalties, rules and truncation; greedy and beam search at temperature 1. Empty unless
 *     {@link SamplingConfig#logProbs} asks for them.
 */
@SuppressWarnings("ArrayRecordComponent")
public record Generated(int[] ids, boolean stopped, float[] logProbs) {}
