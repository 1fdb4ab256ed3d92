package org.plumbline.model.chat;

/** A part of a text, in UTF-16 units: the first one, and one past the last. */
record TextRange(int start, int end) {}
