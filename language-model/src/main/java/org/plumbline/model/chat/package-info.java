/**
 * Conversations as text and as token ids with a loss mask. Templates are those of model folders, in
 * Jinja, or a few built in. A prompt is always a token prefix of the prompt with its answer; where
 * a template or tokenizer would not have it so, the two are encoded apart or refused.
 */
@NullMarked
package org.plumbline.model.chat;

import org.jspecify.annotations.NullMarked;
