package org.plumbline.model.chat.jinja;

/**
 * What one rendering may cost at most. Real templates stay orders of magnitude below.
 *
 * @param steps for the template itself; each element and each 16 characters of its variables allow
 *     100 more. One step is an expression evaluated, an element visited, or 16 characters read or
 *     written.
 * @param characters longest text, in UTF-16 units
 * @param depth nested evaluations, macro calls included
 */
record Limits(long steps, int characters, int depth) {
  static final Limits DEFAULT = new Limits(1_000_000, 20_000_000, 400);
}
