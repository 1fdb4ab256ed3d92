/** Optimizers, learning-rate schedules and the one training loop that stages compose. */
package org.plumbline.training;
