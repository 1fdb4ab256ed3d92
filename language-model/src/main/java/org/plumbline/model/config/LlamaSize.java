package org.plumbline.model.config;

/** The sizes of a new llama model. */
public record LlamaSize(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int maxPositions,
    double ropeTheta,
    boolean tiedEmbeddings) {}
