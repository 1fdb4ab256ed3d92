/**
 * The sample world: a front desk whose truth is known. Generates requests, replies of mixed quality
 * and candidate pairs, labels them by simulated annotators, and holds the text-only sample judge.
 */
@NullMarked
package org.plumbline.data.world;

import org.jspecify.annotations.NullMarked;
