/**
 * The hand-written language of the front desk: intents, groups, facts and the patterns that say
 * them. It knows what words mean, not which reply is right.
 */
@NullMarked
package org.plumbline.data.world.language;

import org.jspecify.annotations.NullMarked;
