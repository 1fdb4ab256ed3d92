package org.plumbline.model.chat.jinja;

/** Python's None. */
enum None {
  NONE
}
