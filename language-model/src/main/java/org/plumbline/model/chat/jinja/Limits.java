package org.plumbline.model.chat.jinja;

/**
 * What one rendering may cost at most. Real templates stay orders of magnitude below.
 *
 * @param steps expressions evaluated, elements visited, and 16 characters read or written, each one
 *     step
 * @param characters longest text, in UTF-16 units
 * @param depth nested evaluations, macro calls included
 */
record Limits(long steps, int characters, int depth) {
  static final Limits DEFAULT = new Limits(5_000_000, 20_000_000, 400);
}
