package org.plumbline.model.config;

/** Which linear layers add a bias. */
public record Biases(boolean queryKeyValue, boolean attentionOutput, boolean mlp) {}
