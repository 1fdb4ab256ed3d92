/**
 * Bytes that a stage will need, counted from shapes before anything is allocated:
 * docs/algorithms/memory.md.
 */
package org.plumbline.training.memory;
