package org.plumbline.model.chat.jinja;

import java.util.List;

/**
 * Keys, values or items of a dict.
 *
 * @param name of the Python type, such as dict_keys
 */
record View(String name, List<Object> items) {}
