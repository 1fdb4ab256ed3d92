package org.plumbline.model.chat.jinja;

import java.util.Iterator;

/** A lazy sequence that can be gone through once, as many filters return it. */
record Generator(Iterator<Object> rest) {}
