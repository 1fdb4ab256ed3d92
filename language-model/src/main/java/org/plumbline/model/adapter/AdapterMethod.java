package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A way to tune a frozen base through few tensors of its own. Each method is one record: its
 * settings, the tensors that it adds under PEFT's names, and its keys in {@code
 * adapter_config.json}.
 */
public sealed interface AdapterMethod
    permits Lora, AdaLora, Ia3, Bottleneck, PromptTuning, PrefixTuning, PTuning {
  /** PEFT's name, {@code peft_type}. */
  String peftType();

  /** Adds the method's tensors, fresh or from a folder. */
  void build(AdapterTensors tensors, AdapterParts parts);

  /** Writes the method's own keys of {@code adapter_config.json}. */
  void describe(ObjectNode json);

  /** Share of the inputs of trained tensors that is dropped in training. */
  default double dropout() {
    return 0;
  }

  /** Whether the base's weights can take the change up, so that nothing is left to compute. */
  default boolean mergeable() {
    return true;
  }
}
