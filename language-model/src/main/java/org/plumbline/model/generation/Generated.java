package org.plumbline.model.generation;

/**
 * One reply.
 *
 * @param ids its tokens, the end token included
 * @param stopped true if it ended by itself, false if it was cut at the length limit
 */
public record Generated(int[] ids, boolean stopped) {}
