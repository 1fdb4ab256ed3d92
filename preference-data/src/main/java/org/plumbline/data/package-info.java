/**
 * Prompts, demonstrations and preference pairs; their readers, writers, importers and splits. Text
 * only: nothing here knows a model.
 */
@NullMarked
package org.plumbline.data;

import org.jspecify.annotations.NullMarked;
