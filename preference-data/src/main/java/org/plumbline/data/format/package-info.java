/** Formats of preferences and demonstrations, one file per dialect: recognised, read, checked. */
@NullMarked
package org.plumbline.data.format;

import org.jspecify.annotations.NullMarked;
