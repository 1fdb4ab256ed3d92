/** The stage that turns files or a sample world into split preference pairs. */
@NullMarked
package org.plumbline.data.preferences;

import org.jspecify.annotations.NullMarked;
