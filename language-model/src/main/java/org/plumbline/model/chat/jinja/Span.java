package org.plumbline.model.chat.jinja;

/**
 * A piece of a rendered text.
 *
 * @param start first code point
 * @param end one past the last code point
 */
public record Span(int start, int end) {}
