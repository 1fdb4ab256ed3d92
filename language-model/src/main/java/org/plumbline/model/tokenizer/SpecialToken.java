package org.plumbline.model.tokenizer;

/** A token with a meaning of its own. */
public record SpecialToken(String text, int id) {}
