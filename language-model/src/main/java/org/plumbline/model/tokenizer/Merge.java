package org.plumbline.model.tokenizer;

/** One rule of a BPE: where these two pieces meet they become one; earlier rules go first. */
public record Merge(String left, String right) {}
