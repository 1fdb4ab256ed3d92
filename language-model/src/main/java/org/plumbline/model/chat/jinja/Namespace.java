package org.plumbline.model.chat.jinja;

import java.util.Map;

/** The one thing that templates may change: attributes that outlive loops. */
record Namespace(Map<Object, Object> attributes) {}
