package org.plumbline.model.config;

import java.util.Collections;
import java.util.List;

/** Phi-3 (Abdin et al. 2024): one matrix for q, k, v and one for gate, up; LongRoPE. */
final class Phi3Family extends LlamaLike {
  Phi3Family() {
    super("phi3", "Phi3");
  }

  @Override
  double defaultEpsilon() {
    return 1e-5;
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    keys.ignore("resid_pdrop", "embd_pdrop", "embed_pdrop", "original_max_position_embeddings");
    // counts of fused and plain layers in its authors' training code
    keys.ignore("full_attn_mod", "interpolate_factor");
    keys.mustBeOff("attention_bias", false);
    keys.mustBeOff("mlp_bias", false);
    keys.mustBeOff("lm_head_bias", false);
    int layers = draft.sizes().layers();
    DecoderSizes.requireFullAttention(keys, layers);
    draft.windows(Collections.nCopies(layers, Windows.one(keys, 0)));
  }

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    return LlamaTensors.of(config, LlamaTensors.Fusion.ATTENTION_AND_MLP);
  }
}
