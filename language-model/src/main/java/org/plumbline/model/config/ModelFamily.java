package org.plumbline.model.config;

import java.util.List;

/** One {@code model_type}: its config keys and its tensor names, and nothing else. */
interface ModelFamily {
  /** The value of {@code model_type}. */
  String modelType();

  /** What the names of its classes in transformers begin with. */
  String classPrefix();

  /** The class that transformers writes into {@code architectures}. */
  default String className(Head head) {
    return classPrefix()
        + switch (head) {
          case LANGUAGE_MODEL -> "ForCausalLM";
          case MASKED_LANGUAGE_MODEL -> "ForMaskedLM";
          case SEQUENCE_CLASSIFICATION -> "ForSequenceClassification";
          case TOKEN_CLASSIFICATION -> "ForTokenClassification";
          case QUESTION_ANSWERING -> "ForQuestionAnswering";
          case NONE -> "Model";
        };
  }

  /** The names that its files use for a head, the one that is written first. */
  default List<String> classNames(Head head) {
    return List.of(className(head));
  }

  /** The names under which files store a tensor, its own first. */
  default List<String> spellings(String name) {
    return List.of(name);
  }

  /** The heads that its models come with here, the usual one first. */
  default List<Head> heads() {
    return List.of(
        Head.LANGUAGE_MODEL, Head.SEQUENCE_CLASSIFICATION, Head.TOKEN_CLASSIFICATION, Head.NONE);
  }

  /** Reads every key it knows, so that what is left unread is an error. */
  TransformerConfig read(ConfigKeys keys);

  /** All stored tensors under the names that transformers saves, embeddings first. */
  List<TensorRef> tensors(TransformerConfig config);

  /** Prefix of the trunk's names, which files saved from the bare trunk lack. */
  String trunkPrefix();

  /** Whether a tensor beyond {@link #tensors} is known to carry no weights, such as a mask. */
  boolean isBuffer(String name);
}
