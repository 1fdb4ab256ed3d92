/** How far annotators agree, whom to believe, and who changes: on sparse labels, without models. */
@NullMarked
package org.plumbline.data.agreement;

import org.jspecify.annotations.NullMarked;
