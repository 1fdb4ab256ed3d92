/**
 * Supervised tasks: classes of texts, tags of words, answers in a context. A task says what its
 * rows look like to the model and what scores mean; {@link
 * org.plumbline.sft.classify.ClassifyStage} trains and measures any of them.
 */
package org.plumbline.sft.classify;
