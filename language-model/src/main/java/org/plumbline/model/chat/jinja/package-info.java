/**
 * Jinja as chat templates use it: the language of Python's jinja2 3.1 with the settings of
 * transformers (block trimming, loop controls, {@code generation} blocks, a plain {@code tojson}).
 * A template is untrusted text of a model folder, so values are data only: {@link
 * org.plumbline.model.chat.jinja.None}, Boolean, Long, BigInteger, Double, String, lists, maps and
 * a closed set of helper types. No Java object, class or method is reachable from a template, and
 * {@link org.plumbline.model.chat.jinja.Limits} bound what it may cost.
 */
@NullMarked
package org.plumbline.model.chat.jinja;

import org.jspecify.annotations.NullMarked;
