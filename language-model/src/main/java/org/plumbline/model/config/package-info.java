/**
 * What a model folder's config.json says, read once per family into one {@link
 * org.plumbline.model.config.TransformerConfig}, and where each family keeps its tensors. A key
 * that changes the maths and is not understood is an error, never a default.
 */
@NullMarked
package org.plumbline.model.config;

import org.jspecify.annotations.NullMarked;
