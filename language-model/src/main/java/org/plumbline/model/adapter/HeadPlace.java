package org.plumbline.model.adapter;

import java.util.List;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorLayout;

/**
 * Where the head that an adapter brings along stands in its model.
 *
 * @param module its name in transformers: score, classifier or qa_outputs
 * @param taskType PEFT's name for what it is for
 * @param biased whether transformers gives it a bias, which stays 0 here
 * @param prefix what stands before its name in the adapter's folder
 */
record HeadPlace(String module, String taskType, boolean biased, String prefix) {
  /** The heads that transformers knows. */
  static final List<String> MODULES = List.of("score", "classifier", "qa_outputs");

  /**
   * The head of a layout; over a bare trunk or a language model the usual one that scores texts.
   */
  static HeadPlace of(TensorLayout layout, String prefix) {
    String module = layout.find(Role.SCORE, -1, false).map(ref -> ref.module()).orElse("score");
    boolean biased = layout.find(Role.SCORE, -1, true).isPresent();
    if (module.equals("qa_outputs")) {
      return new HeadPlace(module, "QUESTION_ANS", biased, prefix);
    }
    boolean texts = !biased || layout.find(Role.POOLER, -1, false).isPresent();
    return new HeadPlace(module, texts ? "SEQ_CLS" : "TOKEN_CLS", biased, prefix);
  }

  String weight() {
    return prefix + module + ".weight";
  }

  String bias() {
    return prefix + module + ".bias";
  }
}
