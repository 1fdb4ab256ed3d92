/**
 * Preferences from a judge: asked over HTTP in both orders, cached on disk, never guessed. A failed
 * call delays a pair, an unreadable reply is no verdict; neither turns into a label.
 */
@NullMarked
package org.plumbline.feedback;

import org.jspecify.annotations.NullMarked;
