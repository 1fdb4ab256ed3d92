/** Trained tensors, and carrying tensors between files, Java arrays and the engine. */
package org.plumbline.model.tensor;
