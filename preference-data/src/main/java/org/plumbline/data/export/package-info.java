/** Preferences as files for other tools: what a format cannot say is counted, never dropped. */
@NullMarked
package org.plumbline.data.export;

import org.jspecify.annotations.NullMarked;
