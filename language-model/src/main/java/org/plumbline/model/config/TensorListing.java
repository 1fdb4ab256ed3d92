package org.plumbline.model.config;

import java.util.ArrayList;
import java.util.List;

/** Collects a family's tensors in order; [out, in] matrices unless it is told otherwise. */
final class TensorListing {
  private final List<TensorRef> tensors = new ArrayList<>();
  private final boolean transposed;
  private int layer = TensorRef.NO_LAYER;

  /** With {@code transposed}, linear layers are stored [in, out]. */
  TensorListing(boolean transposed) {
    this.transposed = transposed;
  }

  TensorListing inLayer(int index) {
    layer = index;
    return this;
  }

  TensorListing outsideLayers() {
    layer = TensorRef.NO_LAYER;
    return this;
  }

  TensorListing linear(Role role, String module, long out, long in, boolean bias) {
    List<Long> shape = transposed ? List.of(in, out) : List.of(out, in);
    tensors.add(new TensorRef(role, layer, false, module + ".weight", transposed, shape));
    return bias ? vector(role, module + ".bias", out, true) : this;
  }

  /** A matrix that every family stores [rows, columns]: embeddings and heads. */
  TensorListing matrix(Role role, String module, long rows, long columns) {
    tensors.add(
        new TensorRef(role, layer, false, module + ".weight", false, List.of(rows, columns)));
    return this;
  }

  TensorListing norm(Role role, String module, long size, boolean bias) {
    vector(role, module + ".weight", size, false);
    return bias ? vector(role, module + ".bias", size, true) : this;
  }

  TensorListing vector(Role role, String name, long size, boolean bias) {
    tensors.add(new TensorRef(role, layer, bias, name, false, List.of(size)));
    return this;
  }

  /** A decoder's head as the config asks for; none of its own where it is tied. */
  TensorListing head(TransformerConfig config) {
    return head(config, "lm_head");
  }

  /** With a language-model head of another name. */
  TensorListing head(TransformerConfig config, String name) {
    outsideLayers();
    long hidden = config.hiddenSize();
    return switch (config.head()) {
      case SEQUENCE_CLASSIFICATION ->
          matrix(Role.SCORE, "score", config.numLabels().orElseThrow(), hidden);
      case TOKEN_CLASSIFICATION, QUESTION_ANSWERING -> {
        matrix(Role.SCORE, "score", config.numLabels().orElseThrow(), hidden);
        yield vector(Role.SCORE, "score.bias", config.numLabels().orElseThrow(), true);
      }
      case LANGUAGE_MODEL ->
          config.tiedEmbeddings() ? this : matrix(Role.LM_HEAD, name, config.vocabSize(), hidden);
      case MASKED_LANGUAGE_MODEL, NONE -> this;
    };
  }

  List<TensorRef> toList() {
    return List.copyOf(tensors);
  }
}
