package org.plumbline.model.generation;

/**
 * A reply and the place of its prompt in the call.
 *
 * @param row from 0
 */
record GeneratedRow(int row, Generated reply) {}
