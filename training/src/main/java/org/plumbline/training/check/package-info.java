/** Rows as a stage would learn them, and what spoils them: {@code plumbline check}. */
package org.plumbline.training.check;
