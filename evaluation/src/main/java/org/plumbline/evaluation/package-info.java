/**
 * What alignment did, measured on held-out prompts: truth where the world has one, reward, distance
 * from the reference, win rates, group gaps; every number with its interval.
 */
@NullMarked
package org.plumbline.evaluation;

import org.jspecify.annotations.NullMarked;
