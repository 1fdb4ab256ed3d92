package org.plumbline.model.chat;

/**
 * A piece of a rendered conversation.
 *
 * @param trained what the assistant writes: its text and the token that ends it
 */
public record Segment(String text, boolean trained) {}
