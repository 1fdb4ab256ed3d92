/**
 * What is true of the sample world: facts by prompt and the score of any reply. Only the generator
 * of the world, its simulated annotators and evaluation may look here; no judge and no model does.
 */
@NullMarked
package org.plumbline.data.world.truth;

import org.jspecify.annotations.NullMarked;
