/**
 * Conversations as text and as token ids with a loss mask. A prompt is always a token prefix of the
 * prompt with its answer, because both are encoded in the same pieces.
 */
@NullMarked
package org.plumbline.model.chat;

import org.jspecify.annotations.NullMarked;
