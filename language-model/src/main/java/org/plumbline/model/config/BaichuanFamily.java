package org.plumbline.model.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Baichuan 1 and 2 (Yang et al. 2023) under its authors' names: queries, keys and values in {@code
 * W_pack}. The 7B models turn queries and keys; the 13B ones, whose files have no {@code
 * max_position_embeddings}, add linear biases. Version 2, whose files have {@code z_loss_weight},
 * normalises its output head.
 */
final class BaichuanFamily extends LlamaLike {
  private static final String POSITIONS = "max_position_embeddings";

  BaichuanFamily() {
    super("baichuan", "Baichuan");
  }

  /** The first 7B model spells its class BaiChuanForCausalLM. */
  @Override
  public List<String> classNames(Head head) {
    return List.of(className(head), className(head).replace("Baichuan", "BaiChuan"));
  }

  @Override
  public TransformerConfig read(ConfigKeys keys) {
    if (keys.node(POSITIONS).isPresent()) {
      return super.read(keys);
    }
    DecoderSizes sizes = DecoderSizes.withPositions(keys, keys.positive("model_max_length", 4096));
    ConfigDraft draft =
        new ConfigDraft(this, keys, sizes, CommonKeys.activation(keys, "hidden_act", "silu"));
    draft.norm = Normalization.before(Normalization.Kind.RMS, keys.number("rms_norm_eps", 1e-6));
    draft.tiedEmbeddings = keys.flag("tie_word_embeddings", false);
    draft.attention = draft.attention.biased(slopes(sizes.heads()));
    adapt(draft, keys);
    return draft.build();
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    keys.ignore("model_max_length", "z_loss_weight", "gradient_checkpointing");
    draft.output = new OutputShape(1, 0, keys.isGiven("z_loss_weight"));
  }

  /** ALiBi's slopes; for a number of heads that is no power of two, as its authors fill up. */
  static List<Double> slopes(int heads) {
    int power = Integer.highestOneBit(heads);
    List<Double> slopes = new ArrayList<>();
    double start = Math.pow(2, -8.0 / power);
    for (int i = 1; i <= power; i++) {
      slopes.add(Math.pow(start, i));
    }
    double half = Math.pow(2, -4.0 / power);
    for (int i = 0; slopes.size() < heads; i++) {
      slopes.add(Math.pow(half, 2 * i + 1));
    }
    return slopes;
  }

  @Override
  public List<TensorRef> tensors(TransformerConfig config) {
    long hidden = config.hiddenSize();
    long inner = config.intermediateSize();
    TensorListing list = new TensorListing(false);
    list.matrix(Role.TOKEN_EMBEDDING, "model.embed_tokens", config.vocabSize(), hidden);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "model.layers." + layer + ".";
      list.inLayer(layer)
          .norm(Role.ATTENTION_NORM, at + "input_layernorm", hidden, false)
          .linear(Role.QUERY_KEY_VALUE, at + "self_attn.W_pack", 3 * hidden, hidden, false)
          .linear(Role.ATTENTION_OUTPUT, at + "self_attn.o_proj", hidden, hidden, false)
          .norm(Role.MLP_NORM, at + "post_attention_layernorm", hidden, false)
          .linear(Role.GATE, at + "mlp.gate_proj", inner, hidden, false)
          .linear(Role.UP, at + "mlp.up_proj", inner, hidden, false)
          .linear(Role.DOWN, at + "mlp.down_proj", hidden, inner, false);
    }
    return list.outsideLayers()
        .norm(Role.FINAL_NORM, "model.norm", hidden, false)
        .head(config)
        .toList();
  }
}
