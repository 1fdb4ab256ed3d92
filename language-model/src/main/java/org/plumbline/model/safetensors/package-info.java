/**
 * The safetensors format: bounds-checked reading by position, deterministic and atomic writing,
 * single files and shards. No other weight format is opened, because the others can run code.
 */
@NullMarked
package org.plumbline.model.safetensors;

import org.jspecify.annotations.NullMarked;
