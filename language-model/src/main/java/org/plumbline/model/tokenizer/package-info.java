/**
 * Text to token ids and back, as Hugging Face's own tokenizer library does it, and training of a
 * new byte-level BPE. Nothing is ever downloaded.
 */
@NullMarked
package org.plumbline.model.tokenizer;

import org.jspecify.annotations.NullMarked;
