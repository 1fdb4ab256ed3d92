/** Measurements of one model on one file, each behind {@code plumbline evaluate NAME}. */
@NullMarked
package org.plumbline.evaluation.suite;

import org.jspecify.annotations.NullMarked;
