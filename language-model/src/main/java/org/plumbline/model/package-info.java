/**
 * Language models in Java: Hugging Face folders in and out, and the networks that run them. This
 * package holds what all of its sub-packages share; nothing here knows another Plumbline module.
 */
@NullMarked
package org.plumbline.model;

import org.jspecify.annotations.NullMarked;
