/** Rows of supervised tasks: texts with a class, words with tags, questions with answers. */
@NullMarked
package org.plumbline.data.tasks;

import org.jspecify.annotations.NullMarked;
