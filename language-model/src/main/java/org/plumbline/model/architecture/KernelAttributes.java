package org.plumbline.model.architecture;

import java.util.Locale;
import java.util.Map;
import org.plumbline.model.config.Experts;
import org.plumbline.model.config.Normalization;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.Rope;
import org.plumbline.model.config.TensorLayout;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.TensorCarrier;

/** A model's config as the kernels take it. */
final class KernelAttributes {
  private KernelAttributes() {}

  static Map<String, Object> of(TransformerConfig config, LoadOptions options) {
    String activation =
        switch (config.activation()) {
          case SILU -> "silu";
          case GELU -> "gelu";
          case GELU_TANH -> "gelu_new";
          case RELU -> "relu";
          case QUICK_GELU -> "quick_gelu";
        };
    boolean grouped =
        TensorLayout.of(config).find(Role.GROUPED_QUERY_KEY_VALUE, 0, false).isPresent();
    return Map.ofEntries(
        Map.entry("heads", config.heads()),
        Map.entry("kv_heads", config.kvHeads()),
        Map.entry("head_dim", config.headDim()),
        Map.entry("rotary_dims", config.rope().map(Rope::dimensions).orElse(0)),
        Map.entry("interleaved", config.rope().map(Rope::interleaved).orElse(false)),
        Map.entry("rms", config.norm().kind() == Normalization.Kind.RMS),
        Map.entry("around_one", config.norm().aroundOne()),
        Map.entry("placement", config.norm().placement().name().toLowerCase(Locale.ROOT)),
        Map.entry("epsilon", config.norm().epsilon()),
        Map.entry("gated", config.gatedMlp()),
        Map.entry("activation", activation),
        Map.entry("grouped", grouped),
        Map.entry("qk_norm", config.attention().queryKeyNorm()),
        Map.entry("causal", config.attention().causal()),
        Map.entry("softcap", config.attention().softcap()),
        Map.entry("experts_per_token", config.experts().map(Experts::perToken).orElse(0)),
        Map.entry("embedding_scale", config.output().embeddingScale()),
        Map.entry("logit_softcap", config.output().logitSoftcap()),
        Map.entry("normalized_head", config.output().normalizedHead()),
        Map.entry("slots", Slots.of(config)),
        Map.entry("dtype", TensorCarrier.code(options.compute())));
  }
}
