package org.plumbline.training;

/** Which tensors a stage trains. */
public enum TuningMethod {
  /** Every weight of the base that is not frozen. */
  FULL,
  /** Low-rank adapters on a frozen base. */
  LORA,
  /** LoRA with the scale alpha / sqrt(rank). */
  RSLORA,
  /** LoRA with a trained magnitude per output. */
  DORA,
  /** LoRA whose B learns faster than its A. */
  LORA_PLUS,
  /** LoRA whose ranks are cut where they matter least. */
  ADALORA,
  /** LoRA on a base in four bits. */
  QLORA,
  /** Factors on keys, values and the MLP's inner values. */
  IA3,
  /** Small layers after attention and MLP. */
  BOTTLENECK,
  /** Embeddings of virtual tokens. */
  PROMPT_TUNING,
  /** Keys and values of virtual tokens in every layer. */
  PREFIX_TUNING,
  /** Embeddings of virtual tokens out of a small network. */
  P_TUNING;

  /** As recipes write it. */
  public String key() {
    return this == LORA_PLUS
        ? "lora+"
        : name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
