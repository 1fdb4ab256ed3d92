/** Sampling from a model, and scoring of given texts. */
package org.plumbline.model.generation;
