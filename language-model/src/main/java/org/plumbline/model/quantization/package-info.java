/**
 * Weights in 4 and 8 bits, in the arithmetic and the layout of bitsandbytes: codes, quantising,
 * dequantising, and reading such folders.
 */
package org.plumbline.model.quantization;
