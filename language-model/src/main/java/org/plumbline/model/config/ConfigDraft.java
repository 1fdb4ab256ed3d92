package org.plumbline.model.config;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A config being read: set to what most decoders are (RMS norms before attention and MLP, a gated
 * MLP, rotary positions, no biases, every token sees all before it); a family changes what it does
 * otherwise.
 */
final class ConfigDraft {
  private final ModelFamily family;
  private final ConfigKeys keys;
  private final CommonKeys.Common common;
  private final DecoderSizes sizes;
  Normalization norm;
  Activation activation;
  boolean gatedMlp = true;
  Optional<Rope> rope = Optional.empty();
  Optional<Rope> localRope = Optional.empty();
  Biases biases = new Biases(false, false, false);
  AttentionShape attention;
  Optional<Experts> experts = Optional.empty();
  OutputShape output = OutputShape.PLAIN;
  int tokenTypes;
  boolean tiedEmbeddings;

  ConfigDraft(ModelFamily family, ConfigKeys keys, DecoderSizes sizes, Activation activation) {
    this.family = family;
    this.keys = keys;
    this.common = CommonKeys.read(keys, family);
    this.sizes = sizes;
    this.activation = activation;
    this.norm = Normalization.before(Normalization.Kind.RMS, 1e-6);
    this.attention = AttentionShape.causal(sizes.headDim(), Collections.nCopies(sizes.layers(), 0));
  }

  DecoderSizes sizes() {
    return sizes;
  }

  void windows(List<Integer> windows) {
    attention =
        new AttentionShape(
            attention.scale(),
            attention.scaledByInverseLayer(),
            attention.softcap(),
            attention.queryKeyNorm(),
            attention.linearBiases(),
            attention.causal(),
            windows);
  }

  TransformerConfig build() {
    return new TransformerConfig(
        family.modelType(),
        common.head(),
        sizes.vocabSize(),
        sizes.hiddenSize(),
        sizes.intermediateSize(),
        sizes.layers(),
        sizes.heads(),
        sizes.kvHeads(),
        sizes.headDim(),
        sizes.maxPositions(),
        norm,
        activation,
        gatedMlp,
        rope,
        localRope,
        biases,
        attention,
        experts,
        output,
        tokenTypes,
        tiedEmbeddings,
        common.specialIds(),
        common.numLabels(),
        common.dtype(),
        keys.json());
  }
}
