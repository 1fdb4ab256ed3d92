package org.plumbline.model.config;

import java.util.List;

/** One {@code model_type}: its config keys and its tensor names, and nothing else. */
interface ModelFamily {
  /** The value of {@code model_type}. */
  String modelType();

  /** The class that transformers writes into {@code architectures}. */
  String className(Head head);

  /** Reads every key it knows, so that what is left unread is an error. */
  TransformerConfig read(ConfigKeys keys);

  /** All stored tensors under the names that transformers saves, embeddings first. */
  List<TensorRef> tensors(TransformerConfig config);

  /** Prefix of the trunk's names, which files saved from the bare trunk lack. */
  String trunkPrefix();

  /** Whether a tensor beyond {@link #tensors} is known to carry no weights, such as a mask. */
  boolean isBuffer(String name);
}
