/** Decoder models: weights in and out, forward passes with adapters, heads and gradients. */
package org.plumbline.model.architecture;
