package org.plumbline.model.config;

import java.util.List;
import java.util.Optional;

/**
 * Gemma 3, text (Gemma Team 2025): five layers with a window, then one without, each kind with its
 * own rotary base; queries and keys normalised by head.
 */
final class Gemma3Family extends GemmaLike {
  private static final RopeKeys.Defaults GLOBAL = new RopeKeys.Defaults(1e6, 1, false);
  private static final double LOCAL_THETA = 10_000;

  Gemma3Family() {
    super("gemma3_text", "Gemma3");
  }

  @Override
  public String className(Head head) {
    return switch (head) {
      case NONE -> "Gemma3TextModel";
      case SEQUENCE_CLASSIFICATION -> "Gemma3TextForSequenceClassification";
      default -> super.className(head);
    };
  }

  @Override
  public List<Head> heads() {
    return List.of(Head.LANGUAGE_MODEL, Head.SEQUENCE_CLASSIFICATION, Head.NONE);
  }

  @Override
  double defaultScoreCap() {
    return 0;
  }

  @Override
  double defaultLogitCap() {
    return 0;
  }

  @Override
  int fullLayerEvery(ConfigKeys keys) {
    return keys.positive("_sliding_window_pattern", keys.positive("sliding_window_pattern", 6));
  }

  /** The file holds parameters per kind of layer, or the old spelling of the global ones. */
  @Override
  Rope rope(ConfigKeys keys, DecoderSizes sizes) {
    Optional<ConfigKeys> kinds = keys.object("rope_parameters");
    if (kinds.isEmpty()) {
      return RopeKeys.read(keys, sizes, GLOBAL);
    }
    keys.ignore("rope_theta", "rope_scaling", "rope_local_base_freq");
    Rope rope = ofKind(keys, kinds.get(), "full_attention", sizes, GLOBAL);
    kinds.get().ignore("sliding_attention");
    kinds.get().finish();
    return rope;
  }

  private static Rope ofKind(
      ConfigKeys keys,
      ConfigKeys kinds,
      String kind,
      DecoderSizes sizes,
      RopeKeys.Defaults defaults) {
    return kinds
        .object(kind)
        .map(nested -> RopeKeys.nested(keys, nested, sizes, defaults))
        .orElseGet(() -> new Rope(defaults.theta(), sizes.headDim(), false, RopeScaling.NONE));
  }

  @Override
  void adapt(ConfigDraft draft, ConfigKeys keys) {
    super.adapt(draft, keys);
    draft.attention = draft.attention.withQueryKeyNorm();
    RopeKeys.Defaults local =
        new RopeKeys.Defaults(keys.number("rope_local_base_freq", LOCAL_THETA), 1, false);
    draft.localRope =
        Optional.of(
            keys.object("rope_parameters")
                .map(kinds -> ofKind(keys, kinds, "sliding_attention", draft.sizes(), local))
                .orElseGet(
                    () ->
                        new Rope(local.theta(), draft.sizes().headDim(), false, RopeScaling.NONE)));
  }
}
