/** Files as rows: JSON lines, JSON lists, tables; packed or not, one row in memory at a time. */
@NullMarked
package org.plumbline.data.source;

import org.jspecify.annotations.NullMarked;
