/**
 * Ways to tune a frozen base through few tensors of its own, kept in PEFT's folder format: one
 * record per {@link org.plumbline.model.adapter.AdapterMethod}.
 */
package org.plumbline.model.adapter;
